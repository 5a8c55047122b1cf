// How a connection to another host comes to stand: straight or through a proxy, over whichever of its addresses answers
// first, with TLS, all of it within one time. Nothing of a request is written before.
import type { Socket } from 'node:net';
import type { buildConnector as Connector } from 'undici';
import { codeOf } from '../domain/errors.ts';
import { connectTcp, type Place } from './race.ts';
import { openTunnel, ProxyError } from './tunnel.ts';
import { buildConnector, errors } from './undici.ts';

export interface WayOptions {
  readonly connectTimeoutMs: number;
  /** An http or https address, with user and password where it asks for them; null: straight. */
  readonly proxy: string | null;
}

type Target = Connector.Options;
/** TLS on a connection that stands. */
type Secure = (target: Target, socket: Socket, signal: AbortSignal) => Promise<Socket>;

/**
 * Not undici's own ProxyAgent: it does not count the proxy's answer into the time to connect, and asks again for ever
 * where a proxy hangs up.
 */
export function createConnector({ connectTimeoutMs, proxy }: WayOptions): Connector.connector {
  // One each, as each keeps the TLS sessions of its host. Without a time of their own: ours is for all steps together.
  const secure = securing(buildConnector({ timeout: 0 }));
  const reachProxy = proxy === null ? null : proxyConnector(new URL(proxy));
  const reach = async (target: Target, signal: AbortSignal) => {
    const socket = await (reachProxy ?? connectStraight)(target, signal);
    return target.protocol === 'https:' ? secure(target, socket, signal) : socket;
  };
  return (target, callback) => {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(new errors.ConnectTimeoutError()), connectTimeoutMs);
    reach(target, ended.signal)
      .finally(() => clearTimeout(timer))
      .then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
  };
}

function connectStraight(target: Target, signal: AbortSignal): Promise<Socket> {
  return connectTcp(placeOf(target), signal);
}

function proxyConnector(proxy: URL): typeof connectStraight {
  const secure = securing(buildConnector({ timeout: 0 }));
  const { protocol, host, port, hostname } = proxy;
  const at = { protocol, host, port, hostname: hostname.replace(/^\[|\]$/g, '') };
  const authorization = authorizationOf(proxy);
  const connectToProxy = async (signal: AbortSignal) => {
    const socket = await connectTcp(placeOf(at), signal);
    return protocol === 'https:' ? secure(at, socket, signal) : socket;
  };
  return async (target, signal) => {
    const place = placeOf(target);
    const to = `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
    try {
      return await openTunnel(await connectToProxy(signal), { to, authorization }, signal);
    } catch (error) {
      if (error instanceof ProxyError) throw error;
      throw new ProxyError(signal.aborted ? 'timeout' : (codeOf(error) ?? 'error'));
    }
  };
}

function securing(secure: Connector.connector): Secure {
  return (target, socket, signal) =>
    new Promise((resolve, reject) => {
      const give = (error: Error) => {
        socket.on('error', () => undefined).destroy();
        reject(error);
      };
      const stop = () => give(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      secure({ ...target, httpSocket: socket }, (...[error, secured]) => {
        signal.removeEventListener('abort', stop);
        if (error === null) resolve(secured);
        else give(error);
      });
    });
}

function placeOf({ protocol, hostname, port }: Pick<Target, 'protocol' | 'hostname' | 'port'>): Place {
  return { host: hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}

function authorizationOf({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
