// The parts of the Compose Specification that docker-compose.yml uses, as a closed schema: a key or a form that is not
// here is refused. No Docker is needed to read it.
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './project.ts';

const duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);
/** HOST_ADDRESS:HOST_PORT:CONTAINER_PORT; the specification also allows to leave the address out, we do not. */
const published = z.string().regex(/^(\d{1,3}\.){3}\d{1,3}:\d+:\d+$/);

const healthcheck = z.union([
  z.strictObject({ disable: z.literal(true) }),
  z.strictObject({
    test: z.tuple([z.literal('CMD')], z.string()),
    interval: duration,
    timeout: duration,
    retries: z.int().positive(),
    start_period: duration,
  }),
]);

const service = z.strictObject({
  image: z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/),
  build: z.string().optional(),
  profiles: z.array(z.string()).optional(),
  command: z.array(z.string()),
  /** Every value is text: YAML would make numbers and booleans of some. */
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).default([]),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
      }),
    )
    .default({}),
  network_mode: z
    .string()
    .regex(/^service:[\w-]+$/)
    .optional(),
  ports: z.array(published).default([]),
  volumes: z.array(z.string().regex(/^[\w-]+:\/[\w/-]+$/)).default([]),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration,
  healthcheck: healthcheck.optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
});
export type ComposeService = z.infer<typeof service>;

/** Keys that begin with `x-` are anchors; compose ignores them. */
const composeSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
    services: z.record(z.string().regex(/^[\w.-]+$/), service),
    volumes: z.record(z.string(), z.null()),
  })
  .catchall(z.unknown());

export type ComposeFile = z.infer<typeof composeSchema>;

export function readCompose(): ComposeFile {
  const document: unknown = parse(textOf('docker-compose.yml'), { merge: true });
  const file = composeSchema.parse(document);
  const strangers = Object.keys(file).filter((key) => !(key in composeSchema.shape) && !key.startsWith('x-'));
  if (strangers.length > 0) throw new Error(`no part of a compose file: ${strangers.join(', ')}`);
  return file;
}

export function serviceOf(name: string): ComposeService {
  const found = readCompose().services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** `--name value` pairs of a server's command, the program's name left out. */
export function flagsOf(command: readonly string[]): ReadonlyMap<string, string> {
  const words = command.slice(1);
  const names = words.filter((_, index) => index % 2 === 0);
  return new Map(names.map((name, index) => [name, words[index * 2 + 1] ?? '']));
}
