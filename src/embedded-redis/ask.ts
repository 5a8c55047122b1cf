// Sends one command to a Redis on loopback over a bare socket: enough to identify the server, without a client.
import { connect } from 'node:net';

export interface OwnServer {
  readonly port: number;
  readonly pid: number;
}

/** True when exactly this process answers on this port: a port or pid reused by another process does not count. */
export async function answers({ port, pid }: OwnServer): Promise<boolean> {
  const pong = await ask(port, 'PING');
  const server = pong === '+PONG\r\n' ? await ask(port, 'INFO server') : null;
  return server?.includes(`\r\nprocess_id:${pid}\r\n`) === true;
}

/** True when no process listens there; a server that is only busy is not gone. */
export function isClosed(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (closed: boolean) => {
      socket.destroy();
      resolve(closed);
    };
    socket.on('connect', () => end(false));
    socket.on('error', () => end(true));
  });
}

/** The raw reply; null without an answer in time. */
export function ask(port: number, command: string, timeoutMs = 1000): Promise<string | null> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const end = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${command}\r\n`));
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (isWhole(reply)) end(reply);
    });
    socket.on('timeout', () => end(null));
    socket.on('error', () => end(null));
    socket.on('close', () => end(null));
  });
}

/** A line, or a bulk reply (`$length`) with all of its bytes. */
function isWhole(reply: string): boolean {
  const header = reply.indexOf('\r\n');
  if (header < 0) return false;
  if (!reply.startsWith('$')) return true;
  const length = Number(reply.slice(1, header));
  return length < 0 || Buffer.byteLength(reply) >= header + 2 + length + 2;
}
