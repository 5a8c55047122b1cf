// The addresses a variable can hold, and which of them are safe enough for money.
import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { redisAddress } from '../redis/address.ts';
import type { Limits } from './limits.ts';

export const redisUrl: Limits<string> = {
  schema: z.string().superRefine((text, context) => {
    const address = redisAddress(text);
    if (address.kind !== 'wrong') return;
    const path = address.option === null ? [] : [`?${address.option}`];
    context.addIssue({ code: 'custom', path });
  }),
  expected: {
    en: 'redis://[user:password@]host[:port][/db], redis+sentinel://[user:password@]host[:port],host[:port]/NAME, or redis+cluster://[user:password@]host[:port],host[:port]; rediss for TLS; options ?protocol=2|3, family=0|4|6, sentinel_tls=true|false and no others',
    ko: 'redis://[사용자:비밀번호@]호스트[:포트][/db], redis+sentinel://[사용자:비밀번호@]호스트[:포트],호스트[:포트]/이름 또는 redis+cluster://[사용자:비밀번호@]호스트[:포트],호스트[:포트]. TLS는 redis 대신 rediss. 옵션은 ?protocol=2|3, family=0|4|6, sentinel_tls=true|false만',
  },
};

/** Links lead there, and people sign in behind them: in production encrypted. */
export function deskAddress(production: boolean): Limits<string> {
  const protocols = production ? ['https:'] : ['http:', 'https:'];
  return {
    schema: z
      .string()
      .refine((text) => isBare(text, (url) => hasProtocol(url, protocols)))
      .transform((text) => text.replace(/\/+$/, '')),
    expected: production
      ? { en: 'an https address without query or password', ko: '쿼리와 비밀번호가 없는 https 주소' }
      : {
          en: 'an http or https address without query or password',
          ko: '쿼리와 비밀번호가 없는 http 또는 https 주소',
        },
  };
}

/** Credentials travel on every call: plain http stays on this machine, and never in production. */
export function gatewayUrl(production: boolean): Limits<string> {
  return {
    schema: z
      .string()
      .refine((text) =>
        isBare(
          text,
          (url) =>
            url.protocol === 'https:' ||
            (!production && url.protocol === 'http:' && isLoopbackHost(url.hostname)),
        ),
      )
      .transform((text) => text.replace(/\/+$/, '')),
    expected: production
      ? { en: 'an https address without query or password', ko: '쿼리와 비밀번호가 없는 https 주소' }
      : {
          en: 'an https address (http only on loopback) without query or password',
          ko: '쿼리와 비밀번호가 없는 https 주소 (http는 루프백만)',
        },
  };
}

/** Outcome events name orders and amounts: over the network only encrypted, in production. */
export function webhookUrl(production: boolean): Limits<string> {
  const protocols = production ? ['https:'] : ['http:', 'https:'];
  return {
    schema: z.string().refine((text) => {
      const url = parse(text);
      return hasProtocol(url, protocols) && url?.username === '' && url.password === '';
    }),
    expected: production
      ? { en: 'an https address without user and password', ko: '사용자 정보가 없는 https 주소' }
      : {
          en: 'an http or https address without user and password',
          ko: '사용자 정보가 없는 http 또는 https 주소',
        },
  };
}

/** A network of every address would let each client name its own. */
export const proxyList: Limits<string[]> = {
  schema: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.string().refine(isAddressOrNetwork)).max(100)),
  expected: {
    en: 'up to 100 addresses or networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas, none of them /0',
    ko: '쉼표로 구분한 100개 이하의 주소 또는 네트워크 (예: 10.0.0.7, 10.0.0.0/8, /0 제외)',
  },
};

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const mostBits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : 0;
  if (mostBits === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= mostBits);
}

function isBare(text: string, allows: (url: URL) => boolean): boolean {
  const url = parse(text);
  if (url === null || /[?#\s]/.test(text)) return false;
  return url.username === '' && url.password === '' && allows(url);
}

/** Of a listening address, a peer or a Host header: all of 127.0.0.0/8, ::1, localhost and names below it. */
export function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .replace(/^::ffff:/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  );
}

function hasProtocol(url: URL | null, protocols: readonly string[]): boolean {
  return url !== null && url.hostname !== '' && protocols.includes(url.protocol);
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
