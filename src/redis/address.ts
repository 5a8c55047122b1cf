// Where Redis is: one server, a primary that sentinels watch, or a cluster; all three as one line of text.

interface Node {
  readonly host: string;
  readonly port: number;
}

interface Access {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  /** 2 is understood by every server and proxy. */
  readonly protocol: 2 | 3;
  /** 0: both. */
  readonly family: 0 | 4 | 6;
}

export type RedisAddress =
  | (Access & Node & { readonly kind: 'server'; readonly db: number })
  | (Access & {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Node[];
      readonly sentinelTls: boolean;
      /** What the sentinels call the primary. */
      readonly name: string;
    })
  | (Access & {
      readonly kind: 'cluster';
      /** Some of its nodes; the others are found. */
      readonly nodes: readonly Node[];
    });

/** `option`: the one that is not taken; null: the address itself is wrong. */
interface WrongAddress {
  readonly kind: 'wrong';
  readonly option: string | null;
}

/**
 * `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[user:password@]host[:port],host[:port]/NAME`, or
 * `redis+cluster://[user:password@]host[:port],host[:port]`; `rediss` in place of `redis` for TLS. Behind `?` the options
 * below and no others: those of the client would win over ours.
 */
export function redisAddress(text: string): RedisAddress | WrongAddress {
  const parts = form.exec(text)?.groups;
  if (parts === undefined) return wrong();
  const options = readOptions(parts['query'] ?? '', parts['kind']);
  if ('kind' in options) return options;
  const { sentinelTls, ...ways } = options;
  const { scheme, kind = 'server', hosts = '', path = '' } = parts;
  const nodes = hosts.split(',').map((one) => nodeFrom(one, kind === 'sentinel' ? 26_379 : 6_379));
  const [first] = nodes;
  if (!nodes.every((node) => node !== null) || first === undefined || first === null) return wrong();
  const tls = scheme === 'rediss';
  const access = { username: decoded(parts['user']), password: decoded(parts['password']), tls, ...ways };
  switch (kind) {
    case 'sentinel':
      if (!/^[\w.-]+$/.test(path)) return wrong();
      return { kind, ...access, sentinels: nodes, sentinelTls: sentinelTls ?? tls, name: path };
    case 'cluster':
      return path === '' ? { kind, ...access, nodes } : wrong();
    default:
      if (nodes.length > 1 || !/^\d{0,5}$/.test(path)) return wrong();
      return { kind: 'server', ...access, ...first, db: Number(path) };
  }
}

const form =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/?#\s]*):(?<password>[^@/?#\s]*)@)?(?<hosts>[^@/?#\s]+)(?:\/(?<path>[^/?#\s]*))?(?:\?(?<query>[^?#@\s]*))?$/;

interface Options {
  readonly protocol: 2 | 3;
  readonly family: 0 | 4 | 6;
  readonly sentinelTls: boolean | null;
}

const protocols = { '2': 2, '3': 3 } as const;
const families = { '0': 0, '4': 4, '6': 6 } as const;
const switches = { true: true, false: false } as const;

function readOptions(query: string, kind: string | undefined): Options | WrongAddress {
  let options: Options = { protocol: 2, family: 0, sentinelTls: null };
  for (const [name, text] of new URLSearchParams(query)) {
    const value = optionValue(name, text, kind);
    if (value === null) return wrong(name);
    options = { ...options, ...value };
  }
  return options;
}

function optionValue(name: string, text: string, kind: string | undefined): Partial<Options> | null {
  if (name === 'protocol') return isKey(protocols, text) ? { protocol: protocols[text] } : null;
  if (name === 'family') return isKey(families, text) ? { family: families[text] } : null;
  if (name !== 'sentinel_tls' || kind !== 'sentinel') return null;
  return isKey(switches, text) ? { sentinelTls: switches[text] } : null;
}

function isKey<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}

/** A name that looks like one: an address with a stray `?` in its password must not be printed. */
function wrong(option?: string): WrongAddress {
  return { kind: 'wrong', option: option !== undefined && /^[A-Za-z]\w{0,40}$/.test(option) ? option : null };
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
