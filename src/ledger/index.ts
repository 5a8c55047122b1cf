// The ledger: refund records in Redis. Decisions live in the policies; here things are only compared and set.
import { z } from 'zod';
import type { DataKey } from '../domain/event.ts';
import { receiptIdSchema, refundIdSchema } from '../domain/ids.ts';
import type { HintedRefund, Ledger } from '../domain/ledger.ts';
import { type State, stateSchema } from '../domain/states.ts';
import type { RedisClient } from '../redis/connection.ts';
import { keysFor } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { accept } from './accept.ts';
import { createAccountVault } from './account-vault.ts';
import { begin } from './begin.ts';
import { caseGroups } from './case-groups.ts';
import { commit } from './commit.ts';
import { listRefunds } from './list.ts';
import { overdue } from './overdue.ts';
import { peek } from './peek.ts';
import { purge } from './purge.ts';
import { newestAcceptedAt, readReceipt, readRefund } from './read.ts';
import { historyLine, readBody } from './stored.ts';
import { closeUnreadable, markUnreadable } from './unreadable.ts';

export interface LedgerOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly dataKeys: readonly DataKey[];
}

const noteScript = loadScript(import.meta.url, ['./scripts/history.lua', './scripts/note.lua']);
const lowerHighestScript = loadScript(import.meta.url, ['./scripts/lower-highest.lua']);
const claimScript = loadScript(import.meta.url, ['./scripts/claim.lua']);
const hintScript = loadScript(import.meta.url, ['./scripts/hint.lua']);

const hintSchema = jsonAnswer(z.object({ body: z.string(), job_id: z.string().nullable().default(null) }));

/** Between two webhook hints that wake the same refund, in ms. */
const hintIntervalMs = 5_000;

export function createLedger({ redis, prefix, dataKeys }: LedgerOptions): Ledger {
  const keys = keysFor(prefix);
  const vault = createAccountVault(dataKeys);
  const deps = { redis, keys, vault };

  return {
    canKeepAccounts: vault.canSeal,
    accept: (batch) => accept(deps, batch),
    peek: (refund) => peek(deps, refund),
    begin: (request) => begin(deps, request),
    commit: (change, options) => commit(deps, change, options),
    read: (id) => readRefund(redis, keys, id),
    readReceipt: (id) => readReceipt(redis, keys, id),
    async noteBelow(id, below) {
      const fields = {
        below_at: String(below?.at ?? ''),
        below_version: String(below?.version ?? ''),
        below_won: String(below?.totalWon ?? ''),
      };
      if (below === null) await redis.hdel(keys.receipt(id), ...Object.keys(fields));
      else await redis.hset(keys.receipt(id), fields);
    },
    async lowerHighest(id, { totalWon, version }) {
      const answer = await lowerHighestScript.run(redis, [keys.receipt(id)], [version, totalWon]);
      return z.number().parse(answer) === 1;
    },
    async claim(work, forMs) {
      return (await claimScript.run(redis, [keys.claim(work)], [forMs])) === 1;
    },
    overdue: (query) => overdue(redis, keys, query),
    caseGroups: () => caseGroups(redis, keys),
    list: (query) => listRefunds(redis, keys, query),
    openAccount: (sealed, id) => vault.open(sealed, id),

    async note(id, entry) {
      await noteScript.run(redis, [keys.refund(id), keys.history(id)], [historyLine(entry)]);
    },

    newestAcceptedAt: () => newestAcceptedAt(redis, keys),
    purge: (query) => purge(redis, keys, query),

    markUnreadable: (id, now) => markUnreadable(deps, id, now),
    closeUnreadable: (refund, verdict) => closeUnreadable(deps, refund, verdict),

    async hint(receiptId, now) {
      const ids = await redis.zrevrange(keys.byReceipt(receiptId), 0, 99);
      const hinted: HintedRefund[] = [];
      for (const id of ids.map((text) => refundIdSchema.parse(text))) {
        const hint = jsonArgument({ refund_id: id, now, interval: hintIntervalMs });
        const answer = await hintScript.run(redis, [keys.refund(id), keys.wakeUps], [hint]);
        if (answer === null) continue;
        const { body, job_id: jobId } = hintSchema.parse(answer);
        const refund = readBody(body);
        if (typeof refund !== 'string') hinted.push({ refund, jobId });
      }
      return hinted;
    },

    async lastAnsweredReceipt() {
      return receiptIdSchema.nullable().parse(await redis.get(keys.answered));
    },

    async counts() {
      const counted = await Promise.all(
        stateSchema.options.map(
          async (state): Promise<[State, number]> => [state, await redis.zcard(keys.byState(state))],
        ),
      );
      const byState = z.record(stateSchema, z.number()).parse(Object.fromEntries(counted));
      return { byState, conflicts: Number((await redis.hget(keys.counters, 'conflicts')) ?? 0) };
    },
  };
}
