// A name with several addresses, over real sockets: slow ones, dead ones, and none that ends another.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connectFirst, type Place } from '../../src/outbound/race.ts';

const never = new AbortController().signal;
const refused: Place = { host: '127.0.0.1', port: 1 };

async function ready(): Promise<Place> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** Its queue of connections is full for so long, so that the kernel drops the first packet of each new one, as a lossy line does. */
async function deaf(forMs: number): Promise<Place> {
  const code = `const server = require('net').createServer(() => {}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    require('fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${forMs});
  })`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = await once(child.stdout, 'data');
  const place = { host: '127.0.0.1', port: Number(port) };
  const fillers = Array.from({ length: 4 }, () => connect(place).on('error', () => undefined));
  onTestFinished(() => fillers.forEach((one) => void one.destroy()));
  await Promise.all(fillers.slice(0, 2).map((one) => once(one, 'connect')));
  return place;
}

async function timed(work: Promise<Socket>): Promise<{ port: number | undefined; ms: number }> {
  const startedAt = performance.now();
  const socket = await work;
  onTestFinished(() => void socket.destroy());
  return { port: socket.remotePort, ms: performance.now() - startedAt };
}

test('a slow address connects although the next one refuses at once', async () => {
  const slow = await deaf(600);
  const { port, ms } = await timed(connectFirst([slow, refused], never));
  expect(port).toBe(slow.port);
  // Later than the moment at which the next one was tried: it really was slow.
  expect(ms).toBeGreaterThan(400);
});

test('an address that leads nowhere is not waited for', async () => {
  const [dead, good] = [await deaf(20_000), await ready()];
  const { port, ms } = await timed(connectFirst([dead, good], never));
  expect(port).toBe(good.port);
  expect(ms).toBeLessThan(5_000);
});

test('after a refusal the next one is tried at once', async () => {
  const good = await ready();
  expect(await timed(connectFirst([refused, good], never))).toMatchObject({ port: good.port });
});

test('where all refuse, the first refusal is told', async () => {
  await expect(connectFirst([refused, { ...refused, port: 2 }], never)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
    port: 1,
  });
});

test('a limit ends every attempt', async () => {
  const ended = new AbortController();
  const connecting = connectFirst([await deaf(20_000), await deaf(20_000)], ended.signal);
  setTimeout(() => ended.abort(new Error('time is up')), 300);
  await expect(connecting).rejects.toThrow('time is up');
  await expect(connectFirst([refused], AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
});
