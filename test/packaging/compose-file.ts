// docker-compose.yml as far as the tests look at it. No Docker is needed to read it.
import { parse } from 'yaml';
import { z } from 'zod';
import { textOf } from './project.ts';

/** What .env gives to the file itself. */
export const composeVariables: Readonly<Record<string, string>> = { REDIS_PASSWORD: '0123456789abcdef' };

/** As compose does it: `${NAME:?why}` is a value that has to be there, `$$` is a dollar sign. */
function interpolated(text: string): string {
  return text.replace(/\$\$|\$\{(\w+):\?[^}]+\}/g, (_, name?: string) => {
    return name === undefined ? '$' : (composeVariables[name] ?? `(${name} is unknown)`);
  });
}

const service = z.looseObject({
  entrypoint: z.array(z.string()).default([]),
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
  .parse(parse(interpolated(textOf('docker-compose.yml')), { merge: true }));

export function serviceOf(name: string): z.infer<typeof service> {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}
