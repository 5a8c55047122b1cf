// 5,000 cases at once, and the process that works on them is killed in the middle.
import { test } from 'vitest';
import { useRedis } from '../support/redis.ts';
import { survivesKill } from './bulk-kill.ts';

const redis = useRedis();

test('a bulk of 5,000 survives a killed process: each case once', { timeout: 900_000 }, () =>
  survivesKill(redis, 5_000),
);
