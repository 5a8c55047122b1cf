// docker-compose.yml without Docker: what its services are told to do is what the program takes, and what they may reach.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callInFlightMs } from '../../src/cli/service.ts';
import { loadConfig } from '../../src/config/config.ts';
import { variables } from '../../src/config/variables.ts';
import { whyRefused } from './command-line.ts';
import { composeVariables, serviceOf, services } from './compose-file.ts';
import { exampleEnvironment, textOf } from './project.ts';

test('nothing is published beyond loopback', () => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect(ports.length).toBeGreaterThan(1);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

test('Redis is published nowhere, and asks every client for the password of .env', () => {
  const { ports, entrypoint, command, environment } = serviceOf('redis');
  const [password = ''] = Object.values(composeVariables);
  expect(ports).toEqual([]);
  expect(environment).toEqual({ REDISCLI_AUTH: password });
  expect(entrypoint.join(' ')).toContain('requirepass $REDISCLI_AUTH');
  // Arguments are seen by every user of the machine.
  expect([...entrypoint, ...command].join(' ')).not.toContain(password);
  const clients = ['worker', 'server', 'trial'].map((name) => serviceOf(name).environment['REDIS_URL']);
  expect(new Set(clients)).toEqual(new Set([`redis://:${password}@redis:6379`]));
});

test('the images are those of this version', () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf('package.json')));
  const images = [...textOf('docker-compose.yml').matchAll(/image: bootpay-refund-worker:(\S+)/g)];
  expect(images.map(([, tag]) => tag)).toEqual([version]);
});

test('README names the version of Compose that takes an .env that need not be there', () => {
  expect(textOf('docker-compose.yml')).toMatch(/^ +required: false$/m);
  for (const page of ['README.md', 'README.ko.md']) expect(textOf(page)).toContain('- Compose 2.24');
});

describe.each(Object.keys(services))('%s', (name) => {
  test('can neither write to its file system nor gain rights', () => {
    const confined = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };
    expect(serviceOf(name)).toMatchObject(confined);
  });
});

test('Redis runs as its own user, because without capabilities it cannot change to it', () => {
  expect(serviceOf('redis')).toMatchObject({ user: 'valkey' });
});

test('the data of Redis outlives its container', () => {
  expect(serviceOf('redis').volumes).toEqual(['redis-data:/data']);
});

describe.each(['worker', 'server', 'simulator', 'trial'])('%s', (name) => {
  const service = serviceOf(name);

  test('runs a command of the program with variables that exist', () => {
    expect(whyRefused(service.command)).toBeNull();
    expect(Object.keys(service.environment).filter((key) => !Object.hasOwn(variables, key))).toEqual([]);
  });

  test('has more time to stop than a call in flight and the rest need', () => {
    expect(Number.parseInt(service.stop_grace_period, 10) * 1_000).toBeGreaterThanOrEqual(
      callInFlightMs + 10_000,
    );
  });
});

describe.each(['worker', 'server'])('%s', (name) => {
  const { environment, env_file } = serviceOf(name);

  test('takes the secrets of an .env like the example, and is in production with them', () => {
    expect(env_file).toMatchObject([{ path: '.env' }]);
    const secrets = Object.entries(variables).filter(([, { secret }]) => secret);
    const named = secrets.map(([secret]) => secret).filter((secret) => secret in environment);
    expect(named).toEqual(['REDIS_URL']);
    const filled = {
      ...exampleEnvironment().on,
      ...{ BOOTPAY_CLIENT_KEY: 'client', BOOTPAY_SECRET_KEY: 'secret', INGEST_TOKEN: 't'.repeat(32) },
    };
    const config = loadConfig({ ...filled, ...environment });
    expect(config).toMatchObject({ production: true, redis: { url: environment['REDIS_URL'] } });
  });
});

test('the published server listens beyond its container, the worker inside it; the simulator has no health check', () => {
  const { environment, ports } = serviceOf('server');
  expect(environment['HTTP_HOST']).toBe('0.0.0.0');
  expect(ports).toEqual([`127.0.0.1:8080:${environment['HTTP_PORT']}`]);
  const worker = serviceOf('worker');
  expect(worker.environment).toMatchObject({ WORKER_HEALTH_PORT: '8081' });
  expect(worker.environment).not.toHaveProperty('WORKER_HEALTH_HOST');
  // That of the image.
  expect(worker).not.toHaveProperty('healthcheck');
  expect(serviceOf('simulator')).toMatchObject({ healthcheck: { disable: true } });
});

test('the trial talks to the simulator alone, and never sees real keys or real refunds', () => {
  const { environment, env_file, network_mode } = serviceOf('trial');
  const { command, ports } = serviceOf('simulator');
  expect(network_mode).toBe('service:simulator');
  const port = command[command.indexOf('--port') + 1];
  const { bootpay, production, redis } = loadConfig(environment);
  expect(bootpay.baseUrl).toBe(`http://127.0.0.1:${port}/v2`);
  expect({ production, prefix: redis.prefix, env_file }).toEqual({
    ...{ production: false, prefix: '{trial}', env_file: [] },
  });
  expect(ports).toEqual([`127.0.0.1:8081:${environment['HTTP_PORT']}`]);
});
