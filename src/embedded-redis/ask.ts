// Sends one command to a Redis on loopback over a bare socket: enough to identify the server, without a client.
import { connect } from 'node:net';

export interface OwnServer {
  readonly port: number;
  readonly pid: number;
  /** Absent or '' where it asks for none. */
  readonly password?: string;
}

/** True when exactly this process answers on this port: a port or pid reused by another process does not count. */
export async function answers(server: OwnServer): Promise<boolean> {
  const pong = await ask(server, 'PING');
  const info = pong === '+PONG\r\n' ? await ask(server, 'INFO server') : null;
  return info?.includes(`\r\nprocess_id:${server.pid}\r\n`) === true;
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
export function ask(
  { port, password = '' }: OwnServer,
  command: string,
  timeoutMs = 1000,
): Promise<string | null> {
  return new Promise((resolve) => {
    let reply = '';
    // The answer to AUTH comes first. A wrong password shows in the answer to the command.
    let skipsLine = password !== '';
    const socket = connect({ host: '127.0.0.1', port, timeout: timeoutMs });
    const end = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${skipsLine ? `AUTH ${password}\r\n` : ''}${command}\r\n`));
    socket.on('data', (chunk: string) => {
      reply += chunk;
      if (skipsLine && reply.includes('\r\n')) {
        reply = reply.slice(reply.indexOf('\r\n') + 2);
        skipsLine = false;
      }
      if (skipsLine) return;
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
