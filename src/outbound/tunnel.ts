// Asks a proxy, on a connection that stands, for a tunnel to another host (CONNECT).
import { request } from 'node:http';
import type { Socket } from 'node:net';

interface TunnelWish {
  /** `host:port`, as the proxy is told. */
  readonly to: string;
  /** null: the proxy asks for none. */
  readonly authorization: string | null;
}

/** Its `code` says what the proxy did: nothing of a request was sent, since the tunnel never stood. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code: string;
  constructor(what: string) {
    super(`the proxy: ${what}`);
    this.code = `proxy_${what}`;
  }
}

/** What comes out is the other host's: TLS may begin. @throws ProxyError for every answer but 2xx */
export function openTunnel(
  socket: Socket,
  { to, authorization }: TunnelWish,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = request({
      method: 'CONNECT',
      path: to,
      headers: { host: to, ...(authorization !== null && { 'proxy-authorization': authorization }) },
      createConnection: () => socket,
    });
    const stop = () => void socket.destroy(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    asking.once('close', () => signal.removeEventListener('abort', stop));
    asking.on('error', reject);
    asking.once('connect', ({ statusCode = 0 }, _, head) => {
      // What the other host said already.
      if (head.length > 0) socket.unshift(head);
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.on('error', () => undefined).destroy();
      reject(new ProxyError(String(statusCode)));
    });
    asking.end();
  });
}
