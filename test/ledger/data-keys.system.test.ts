// Keys that cannot be read are keys that are not here.
import { expect, it } from 'vitest';
import { ConfigError } from '../../src/domain/errors.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { createLedger } from '../../src/ledger/index.ts';
import { useRedis } from '../support/redis.ts';

const redis = useRedis();

it('an account whose key file was spoiled meanwhile is one without its key', async () => {
  const spoiled = async () => Promise.reject(new ConfigError(['data-key: expected id:base64 of 32 bytes']));
  const dataKeys = { folder: 'f', known: spoiled, toSeal: spoiled };
  const ledger = createLedger({ redis: redis.connect(), prefix: redis.prefix, dataKeys });
  const id = refundIdSchema.parse('rf_aaaaaaaaaaaaaaaaaaaaaaaaaa');
  expect(await ledger.openAccount('1:old:AAAA', id, 0)).toEqual({
    kind: 'no_key',
    keyId: 'old',
    elsewhere: false,
  });
});
