// Where a request comes from: the client's address, as far as TRUSTED_PROXIES may tell it, and whether it is this machine.
import { isIP, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { isLoopbackHost } from '../config/urls.ts';

/** The peer; behind a trusted proxy the address that it names. Anything that is no address counts as the peer. */
export function clientAddress(request: FastifyRequest): string {
  const named = withoutPort(request.ip ?? '');
  return isIP(named) === 0 ? (request.socket.remoteAddress ?? 'unknown') : named;
}

/** What limits count: an IPv4 address, or the /64 network that one IPv6 subscriber has to choose addresses from. */
export function countedAddress(request: FastifyRequest): string {
  const address = clientAddress(request).replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** A proxy on this machine connects from loopback as well, so a request that shows any trace of one is from elsewhere. */
export function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  return isLoopbackHost(socket.remoteAddress ?? '') && !Object.keys(headers).some(isForwardingHeader);
}

/** The standard names, and the many by which proxies and content networks tell the client, the host or themselves. */
const forwardingHeaders = [
  /^(x-)?forwarded(-|$)/,
  /^(via|cdn-loop|max-forwards|client-ip|x-host|x-amzn-trace-id|x-cloud-trace-context)$/,
  /^(cf|fly|fastly|x-envoy|x-original|x-azure|x-appengine|x-vercel|x-arr|x-amz-cf|ngrok|tailscale)-/,
  /(^|-)(real|client|clientip|connecting|remote|cluster|proxyuser|peer|source)-?(client-)?(ip|ipv6|addr|address|port)$/,
  /(^|-)clientip$/,
];

/** Node gives names in lower case. */
function isForwardingHeader(name: string): boolean {
  return forwardingHeaders.some((form) => form.test(name));
}

/** Some proxies append the port: `192.0.2.1:1234`, `[2001:db8::1]:1234`. */
function withoutPort(text: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/.exec(text) ?? [];
  return bracketed ?? plain ?? text;
}

/** The eight groups of an IPv6 address, as numbers in hexadecimal. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
