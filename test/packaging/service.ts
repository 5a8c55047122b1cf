// Another service that hands in one cancellation, as a folder of its own outside of this project.
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './project.ts';

const run = promisify(execFile);

/** Prints what became of its event. `redisUrl`, prefix and event come from the environment. */
const use = `
async function main() {
  const { REDIS_URL: redisUrl, REDIS_PREFIX: prefix, EVENT: event } = process.env;
  const producer = await createRefundProducer({ redisUrl, prefix });
  const { result } = await producer.enqueue(JSON.parse(event));
  const [{ result: again }] = await producer.enqueueMany([JSON.parse(event)]);
  await producer.close();
  console.log(result, again);
}
main();
`;

/** `name`: what the service imports. */
export function writeService(folder: string, name = 'bootpay-refund-producer'): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'service', private: true }));
  writeFileSync(join(folder, 'main.mjs'), `import { createRefundProducer } from '${name}';${use}`);
  writeFileSync(join(folder, 'main.cjs'), `const { createRefundProducer } = require('${name}');${use}`);
}

/** Packs the producer into the folder; answers the path of the tarball. */
export async function packProducer(folder: string): Promise<string> {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  await run('npm', words, { cwd: join(root, 'packages', 'producer') });
  const { stdout } = await run('ls', [folder]);
  return join(folder, stdout.split('\n').find((name) => name.endsWith('.tgz')) ?? '');
}

export async function runService(
  file: string,
  redis: { readonly url: string; readonly prefix: string },
): Promise<string> {
  const EVENT = JSON.stringify({ event_id: file, order_id: 'O-1', receipt_id: 'R-1', cancel_price: 1_000 });
  const env = { PATH: process.env['PATH'], REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, EVENT };
  const { stdout } = await run(process.execPath, [file], { env });
  return stdout;
}
