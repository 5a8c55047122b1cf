// A forward proxy that does what a test tells it, and keeps what it was asked for.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What it does with one CONNECT. */
export type ProxyAnswer = (socket: Socket) => void;

export interface TestProxy {
  readonly port: number;
  readonly asked: readonly { readonly to: string; readonly headers: IncomingMessage['headers'] }[];
}

export async function startProxy(answer: ProxyAnswer): Promise<TestProxy> {
  const asked: TestProxy['asked'][number][] = [];
  const open = new Set<Socket>();
  const server = createServer().on('connect', ({ url = '', headers }: IncomingMessage, socket: Socket) => {
    open.add(socket.on('error', () => undefined));
    asked.push({ to: url, headers });
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked };
}

export function status(line: string): ProxyAnswer {
  return (socket) => void socket.write(`HTTP/1.1 ${line}\r\ncontent-length: 0\r\n\r\n`);
}

/** Whatever host was asked for. */
export function tunnelTo(port: number): ProxyAnswer {
  return (socket) => {
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    target.on('error', () => socket.destroy());
  };
}
