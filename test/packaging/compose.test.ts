// docker-compose.yml without Docker: its form, and that every name in it exists in the program.
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { variables } from '../../src/config/variables.ts';
import { whyRefused } from './command-line.ts';
import { flagsOf, readCompose, serviceOf } from './compose-file.ts';
import { exampleEnvironment, textOf } from './project.ts';

const ours = ['worker', 'server', 'simulator', 'trial'];
const production = ['worker', 'server'];

test('it has Redis, worker and server, and a simulated Bootpay that starts only when asked for', () => {
  const { services } = readCompose();
  expect(Object.keys(services).sort()).toEqual(['redis', ...ours].sort());
  const optional = Object.entries(services).filter(([, { profiles }]) => profiles !== undefined);
  expect(optional.map(([name, { profiles }]) => [name, profiles])).toEqual([
    ['simulator', ['simulator']],
    ['trial', ['simulator']],
  ]);
});

test('every service, profile and volume that is named exists', () => {
  const { services, volumes } = readCompose();
  for (const { depends_on, network_mode, volumes: mounts } of Object.values(services)) {
    const named = [...Object.keys(depends_on), ...(network_mode?.split(':').slice(1) ?? [])];
    expect(named.filter((name) => !Object.hasOwn(services, name))).toEqual([]);
    expect(mounts.filter((mount) => !Object.hasOwn(volumes, mount.split(':')[0] ?? ''))).toEqual([]);
  }
});

test('nothing is published beyond loopback, and no two services want one port', () => {
  const ports = Object.values(readCompose().services).flatMap((service) => service.ports);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
});

test('nothing in it needs a value from the shell, so that each part starts without the others’ settings', () => {
  expect(textOf('docker-compose.yml')).not.toContain('$');
});

describe('redis', () => {
  const { command, healthcheck, volumes, restart } = serviceOf('redis');

  test('keeps every acknowledged write, throws nothing away, and has its data on a volume', () => {
    const flags = flagsOf(command);
    expect(flags.get('--appendonly')).toBe('yes');
    expect(flags.get('--appendfsync')).toBe('always');
    expect(flags.get('--maxmemory-policy')).toBe('noeviction');
    expect(volumes).toEqual(['redis-data:/data']);
    expect(restart).toBe('unless-stopped');
  });

  test('is healthy only when it answers without an error', () => {
    expect(healthcheck).toMatchObject({ test: ['CMD', 'valkey-cli', '-e', 'ping'] });
  });
});

describe.each(ours)('%s', (name) => {
  const service = serviceOf(name);

  test('runs a command of the program, as its options allow', () => {
    expect(whyRefused(service.command)).toBeNull();
  });

  test('names only variables that exist', () => {
    expect(Object.keys(service.environment).filter((key) => !Object.hasOwn(variables, key))).toEqual([]);
  });

  test('is started again after a crash, and has more time to stop than the program takes', () => {
    expect(service.restart).toBe('unless-stopped');
    expect(service.stop_grace_period).toBe('35s');
  });

  test('cannot write to its own file system or gain rights', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });
});

describe.each(production)('%s', (name) => {
  const service = serviceOf(name);

  test('waits for a healthy Redis and takes its secrets from .env', () => {
    expect(service.depends_on).toEqual({ redis: { condition: 'service_healthy' } });
    expect(service.env_file).toEqual([{ path: '.env', required: false }]);
    expect(Object.keys(service.environment).filter(isSecret)).toEqual(['REDIS_URL']);
  });

  test('accepts an .env with the required values of the example, in production', () => {
    const filled = {
      ...exampleEnvironment().on,
      BOOTPAY_CLIENT_KEY: 'client',
      BOOTPAY_SECRET_KEY: 'secret',
      INGEST_TOKEN: '0123456789abcdef0123456789abcdef',
    };
    const config = loadConfig({ ...filled, ...service.environment });
    expect(config).toMatchObject({ production: true, redis: { url: 'redis://redis:6379' } });
  });
});

describe('server', () => {
  const { environment, ports, healthcheck } = serviceOf('server');

  test('listens beyond its container, and the file says what that needs', () => {
    expect(environment['HTTP_HOST']).toBe('0.0.0.0');
    expect(ports).toEqual([`127.0.0.1:8080:${environment['HTTP_PORT']}`]);
    expect(textOf('docker-compose.yml')).toMatch(/# .*INGEST_TOKEN/);
  });

  test('keeps the health check of its image; who serves no HTTP has none', () => {
    expect(healthcheck).toBeUndefined();
    expect(serviceOf('trial').healthcheck).toBeUndefined();
    for (const name of ['worker', 'simulator']) {
      expect(serviceOf(name).healthcheck).toEqual({ disable: true });
    }
  });
});

describe('trial', () => {
  const { environment, env_file, network_mode } = serviceOf('trial');
  const simulator = serviceOf('simulator');

  test('talks to the simulator over the loopback they share: no other http address is allowed', () => {
    expect(network_mode).toBe('service:simulator');
    const port = simulator.command[simulator.command.indexOf('--port') + 1];
    expect(loadConfig(environment).bootpay.baseUrl).toBe(`http://127.0.0.1:${port}/v2`);
    expect(simulator.ports).toEqual([`127.0.0.1:8081:${environment['HTTP_PORT']}`]);
  });

  test('never sees real keys or real refunds', () => {
    expect(env_file).toEqual([]);
    expect(environment['REDIS_PREFIX']).toBe('{trial}');
    expect([environment['NODE_ENV'], simulator.environment['NODE_ENV']]).toEqual([
      'development',
      'development',
    ]);
  });
});

function isSecret(name: string): boolean {
  return Object.entries(variables).some(([known, { secret }]) => known === name && secret);
}
