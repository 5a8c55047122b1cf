// A host whose only way out is a proxy: Bootpay and the webhook are reached through it, with TLS from end to end.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startSimulator } from '../../simulator/index.ts';
import { cli, folderForTest, startCli } from '../cli/support.ts';
import { useRedis } from '../support/redis.ts';
import { startProxy, tunnelTo } from './proxies.ts';

const redis = useRedis();

/** Bootpay and the merchant behind one TLS server; what the merchant was sent. */
async function startHosts(folder: string, simulatorPort: number) {
  execFileSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=test', '-addext', 'subjectAltName=DNS:bootpay.invalid,DNS:shop.invalid'],
    ...['-keyout', join(folder, 'key'), '-out', join(folder, 'crt')],
  ]);
  const events: unknown[] = [];
  const tls = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'crt')) };
  const server = createServer(tls, async (asked, answer) => {
    if (asked.headers.host === 'shop.invalid') {
      let text = '';
      for await (const chunk of asked) text += String(chunk);
      events.push(JSON.parse(text));
      return void answer.writeHead(204).end();
    }
    const { url: path, method, headers } = asked;
    const onward = request({ port: simulatorPort, path, method, headers }, (told) => {
      answer.writeHead(told.statusCode ?? 500, told.headers);
      told.pipe(answer);
    });
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, events };
}

it('is paid and told through the proxy, whose password is shown nowhere', async () => {
  const folder = folderForTest();
  const simulator = await startSimulator({ scenario: { receipts: [{ id: 'far', price: 5_000 }] } });
  onTestFinished(() => simulator.close());
  const hosts = await startHosts(folder, simulator.port);
  const proxy = await startProxy(tunnelTo(hosts.port));
  const env = {
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    BOOTPAY_BASE_URL: 'https://bootpay.invalid/v2',
    BOOTPAY_CLIENT_KEY: 'sim_client_key',
    BOOTPAY_SECRET_KEY: 'sim_secret_key',
    EVENTS_WEBHOOK_URL: 'https://shop.invalid/events',
    HTTPS_PROXY: `http://shop:open-sesame@127.0.0.1:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: join(folder, 'crt'),
    LOG_LEVEL: 'debug',
  };
  const doctor = await cli(['doctor', '--receipt-id', 'far'], { env, folder });
  expect(doctor.stdout).toContain(
    `Bootpay is reached through 127.0.0.1:${proxy.port}; the webhook through 127.0.0.1:${proxy.port}.`,
  );
  expect(doctor.stdout).toContain('Receipt far was shown.');

  const worker = startCli(['worker'], { env, folder });
  await worker.until('Worker running');
  const input = '{"event_id":"e-1","order_id":"o-1","receipt_id":"far"}\n';
  await cli(['enqueue', '-'], { env, folder, input });
  await vi.waitFor(() => expect(hosts.events).toMatchObject([{ type: 'refund.succeeded' }]), 20_000);
  worker.child.kill('SIGTERM');
  const { stdout, stderr } = await worker.ended;

  expect(new Set(proxy.asked.map(({ to }) => to))).toEqual(
    new Set(['bootpay.invalid:443', 'shop.invalid:443']),
  );
  expect(simulator.book.of('far')).toMatchObject({ refundedAmount: 5_000 });
  const printed = doctor.stdout + doctor.stderr + stdout + stderr;
  expect(printed).not.toContain('open-sesame');
  expect(printed).not.toContain(Buffer.from('shop:open-sesame').toString('base64'));
});

it('says what the proxy answers where it lets nobody through', async () => {
  const folder = folderForTest();
  const proxy = await startProxy((socket) => void socket.end('HTTP/1.1 407 No\r\n\r\n'));
  const env = {
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    BOOTPAY_CLIENT_KEY: 'k',
    BOOTPAY_SECRET_KEY: 's',
    https_proxy: `http://127.0.0.1:${proxy.port}`,
  };
  const { code, stdout } = await cli(['doctor', '--receipt-id', 'far'], { env, folder });
  expect(code).toBe(1);
  expect(stdout).toContain('not_sent, proxy_407');
});
