// docker-compose.yml as far as the tests look at it. No Docker is needed to read it.
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './project.ts';

const service = z.looseObject({
  command: z.array(z.string()),
  /** Every value is text: YAML would make numbers and booleans of some. */
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.array(z.object({ path: z.string() })).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  stop_grace_period: z.string(),
});

export const { services } = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(textOf('docker-compose.yml'), { merge: true }));

export function serviceOf(name: string): z.infer<typeof service> {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}
