// The way out: which proxy leads to an address, as HTTPS_PROXY and NO_PROXY say it to every program on this machine.
import { BlockList, isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import type { Limits } from './limits.ts';

/** As curl takes it: without a scheme it is http. */
export const outgoingProxy: Limits<string> = {
  schema: z
    .string()
    .max(2_000)
    .transform((text) => (text.includes('://') ? text : `http://${text}`))
    .refine(isProxy),
  expected: {
    en: 'http://[user:password@]host[:port] or https://[user:password@]host[:port]',
    ko: 'http://[사용자:비밀번호@]호스트[:포트] 또는 https://[사용자:비밀번호@]호스트[:포트]',
  },
};

function isProxy(text: string): boolean {
  if (/[\s?#]/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(text);
  return (
    /^https?:$/.test(protocol) && hostname !== '' && pathname === '/' && isDecodable(username + password)
  );
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '' || text === '';
  } catch {
    return false;
  }
}

/** Written for many programs: an entry that means nothing to us is no reason not to start. */
export const exceptions: Limits<string[]> = {
  schema: z
    .string()
    .max(20_000)
    .transform((text) => text.split(/[\s,]+/).filter((part) => part !== '')),
  expected: {
    en: 'hosts, .domains, addresses or networks, separated by commas, or *',
    ko: '쉼표로 구분한 호스트, .도메인, 주소, 네트워크 또는 *',
  },
};

/** null: straight. Only https leads through a proxy; plain http stays on this machine, or is a trial. */
export function proxyFor(address: string, proxy: string | null, except: readonly string[]): string | null {
  const url = new URL(address);
  if (proxy === null || url.protocol !== 'https:') return null;
  return except.some((entry) => covers(entry.toLowerCase(), url)) ? null : proxy;
}

/** A name covers itself and everything below it, with or without a dot before it. */
function covers(entry: string, { hostname, port }: URL): boolean {
  if (entry === '*') return true;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const [, name = '', onPort] = /^(.+?)(?::(\d+))?$/.exec(isIPv6(entry) ? `[${entry}]` : entry) ?? [];
  if (onPort !== undefined && onPort !== (port || '443')) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*?\./, '');
  if (isIP(host) === 0) return host === bare || host.endsWith(`.${bare}`);
  return host === bare || isInNetwork(host, bare);
}

function isInNetwork(address: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const most = [0, 0, 0, 0, 32, 0, 128][isIP(base)] ?? 0;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), isIPv6(base) ? 'ipv6' : 'ipv4');
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
