// A Bootpay that does what a test tells it, on raw TCP: resets, half bodies, drips and silence included.
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Which connection it came on, from 1. */
  readonly connection: number;
}

/** What the server does with one request. */
export type Answer = (socket: Socket, request: Received) => void;

export interface ScriptedBootpay {
  readonly port: number;
  readonly baseUrl: string;
  readonly received: readonly Received[];
  /** Resolves when the n-th request (from 1) is there. */
  arrived(n: number): Promise<Received>;
  /** Resolves when the server has seen this connection end. */
  closed(connection: number): Promise<void>;
  stop(): Promise<void>;
}

/** The last answer of a list repeats. A function sees the request and picks. */
export async function startBootpay(
  script: readonly Answer[] | ((request: Received, n: number) => Answer),
): Promise<ScriptedBootpay> {
  const received: Received[] = [];
  const sockets: Socket[] = [];
  const waiting: (() => void)[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    let buffer = '';
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (piece) => {
      buffer += String(piece);
      for (let cut = cutRequest(buffer, connection); cut !== null; cut = cutRequest(buffer, connection)) {
        buffer = cut.rest;
        received.push(cut.request);
        const answer =
          typeof script === 'function' ? script(cut.request, received.length) : at(script, received.length);
        answer(socket, cut.request);
        for (const wake of waiting.splice(0)) wake();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    baseUrl: `http://127.0.0.1:${port}/v2`,
    received,
    arrived: async (n) => {
      for (let request = received[n - 1]; ; request = received[n - 1]) {
        if (request !== undefined) return request;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    closed: async (connection) => {
      const socket = sockets[connection - 1];
      // Not `once`: an error of the socket (a reset by the client) comes before its close.
      if (socket === undefined || socket.closed) return;
      await new Promise<void>((resolve) => socket.on('close', () => resolve()));
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  const head = Object.entries({ ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return (socket) => void socket.write(`HTTP/1.1 ${status} X\r\n${lines}\r\n${body}`);
}

/** A body of any bytes, under a content coding. */
export function bytes(status: number, body: Buffer | string, encoding: string | null): Answer {
  const whole = Buffer.from(body);
  const coding = encoding === null ? '' : `content-encoding: ${encoding}\r\n`;
  const head = `HTTP/1.1 ${status} X\r\n${coding}content-length: ${whole.length}\r\n\r\n`;
  return (socket) => void socket.write(Buffer.concat([Buffer.from(head), whole]));
}

/** Bytes as they are. */
export function raw(bytes: string): Answer {
  return (socket) => void socket.write(bytes);
}

export const silence: Answer = () => {};
export const reset: Answer = (socket) => void socket.resetAndDestroy();
export const hangUp: Answer = (socket) => void socket.end();

/** Promises more than it sends, then closes. */
export const halfABody: Answer = (socket) =>
  void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"receipt_id":"r1","cancelled_price":1000');

/** Sends a byte every few milliseconds and never ends. */
export const drip: Answer = (socket) => {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{');
  const timer = setInterval(() => socket.write(' '), 5);
  socket.on('close', () => clearInterval(timer));
};

export function inTurn(...answers: readonly Answer[]): Answer {
  return (socket, request) => {
    for (const answer of answers) answer(socket, request);
  };
}

function at(script: readonly Answer[], n: number): Answer {
  return script[Math.min(n, script.length) - 1] ?? silence;
}

function cutRequest(buffer: string, connection: number): { request: Received; rest: string } | null {
  const end = buffer.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = buffer.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const bytes = Buffer.from(buffer.slice(end + 4));
  const length = Number(headers['content-length'] ?? 0);
  if (bytes.length < length) return null;
  const [method = '', path = ''] = first.split(' ');
  const body = bytes.subarray(0, length).toString();
  return {
    request: { method, path, headers, body, connection },
    rest: bytes.subarray(length).toString(),
  };
}
