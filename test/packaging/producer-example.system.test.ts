// README's example of the producer, run as another service would: through the package's own entry (after npm run build).
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startRedis } from '../support/redis.ts';
import { root } from './project.ts';

test('the example stores a refund the first time, and says duplicate the second time', async () => {
  const redis = await startRedis({ appendfsync: 'no' });
  onTestFinished(() => redis.stop());
  const run = () =>
    promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', join('test', 'packaging', 'producer-example.ts')],
      { cwd: root, env: { ...process.env, REDIS_URL: redis.url } },
    );

  const first = await run();
  const second = await run();
  expect(first.stdout).toMatch(/^accepted rf_[a-z2-7]{26}\n$/);
  expect(second.stdout).toBe(first.stdout.replace('accepted', 'duplicate'));
});
