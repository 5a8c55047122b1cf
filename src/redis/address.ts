// Where Redis is: one server, a primary that sentinels watch, or a cluster; all three as one line of text.

export interface Node {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
}

export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | (Access & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Node[];
      /** What the sentinels call the primary. */
      readonly name: string;
    })
  | (Access & {
      readonly kind: 'cluster';
      /** Some of its nodes; the others are found. */
      readonly nodes: readonly Node[];
    });

/**
 * `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[user:password@]host[:port],host[:port]/NAME`, or
 * `redis+cluster://[user:password@]host[:port],host[:port]`; `rediss` in place of `redis` for TLS. Null: none of them.
 */
export function redisAddress(text: string): RedisAddress | null {
  const several = severalNodes.exec(text)?.groups;
  if (several === undefined) return isServer(text) ? { kind: 'server', url: text } : null;
  const { scheme, kind, hosts = '', name = '' } = several;
  const nodes = hosts.split(',').map((one) => nodeFrom(one, kind === 'sentinel' ? 26_379 : 6_379));
  if (!nodes.every((node) => node !== null)) return null;
  const access = {
    username: decoded(several['user']),
    password: decoded(several['password']),
    tls: scheme === 'rediss',
  };
  if (kind === 'sentinel') return name === '' ? null : { kind, ...access, sentinels: nodes, name };
  return name === '' ? { kind: 'cluster', ...access, nodes } : null;
}

const severalNodes =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<user>[^:@/]*):(?<password>[^@/]*)@)?(?<hosts>[^@/?#\s]+)(?:\/(?<name>[\w.-]*))?$/;

function isServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.hostname !== '' && ['redis:', 'rediss:'].includes(url.protocol);
}

function nodeFrom(text: string, usualPort: number): Node | null {
  if (!URL.canParse(`redis://${text}`)) return null;
  const { hostname, port, pathname, search } = new URL(`redis://${text}`);
  if (hostname === '' || pathname + search !== '') return null;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) };
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
