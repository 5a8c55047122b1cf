// The ledger: refund records in Redis. Decisions live in the policies; here things are only compared and set.
import { z } from 'zod';
import type { DataKeys, KeyUse } from '../domain/data-keys.ts';
import { receiptIdSchema, refundIdSchema } from '../domain/ids.ts';
import type { JobRequest, Ledger } from '../domain/ledger.ts';
import { type State, stateSchema } from '../domain/states.ts';
import { keyTrouble, sealObstacle, someWorkerHas } from '../policies/data-keys.ts';
import type { RedisClient } from '../redis/connection.ts';
import { keysFor } from '../redis/keys.ts';
import { jsonAnswer, jsonArgument, loadScript } from '../redis/scripts.ts';
import { accept } from './accept.ts';
import { noKeys } from './account-vault.ts';
import { listActions, recordAction, trimActions } from './actions.ts';
import { approvalAccount, askApproval, readApproval, readApprovals, sendBack } from './approvals.ts';
import { begin } from './begin.ts';
import { addNote, readBeside, readPeople, watch } from './beside.ts';
import { bookLength, readBook } from './book.ts';
import { caseGroups } from './case-groups.ts';
import { placeCases } from './case-places.ts';
import { caseTotals, listCases } from './cases.ts';
import { commit } from './commit.ts';
import { readDay } from './day-counts.ts';
import { keyWaits } from './key-waits.ts';
import { lastReconciliation, noteReconciliation } from './last-reconciliation.ts';
import { listRefunds } from './list.ts';
import { lastLook, noteLook } from './looks.ts';
import { overdue } from './overdue.ts';
import { peek } from './peek.ts';
import { purge } from './purge.ts';
import { newestAcceptedAt, readReceipt, readRefund } from './read.ts';
import { keepSheet, readSheet } from './sheets.ts';
import { createSources } from './sources.ts';
import { historyLine, readBody } from './stored.ts';
import { closeUnreadable, markUnreadable } from './unreadable.ts';
import { createVaults, openKnown } from './vaults.ts';

interface LedgerOptions {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly dataKeys: DataKeys;
}

const noteScript = loadScript(import.meta.url, ['./scripts/history.lua', './scripts/note.lua']);
const lowerHighestScript = loadScript(import.meta.url, [
  './scripts/receipt-version.lua',
  './scripts/lower-highest.lua',
]);
const claimScript = loadScript(import.meta.url, ['./scripts/claim.lua']);
const releaseScript = loadScript(import.meta.url, ['./scripts/release.lua']);
const hintScript = loadScript(import.meta.url, ['./scripts/hint.lua']);

const hintSchema = jsonAnswer(z.object({ body: z.string(), job_id: z.string().nullable().default(null) }));

/** Between two webhook hints that wake the same refund, in ms. */
const hintIntervalMs = 5_000;

const noUse: KeyUse = { sealing: [], workers: [] };

export function createLedger({ redis, prefix, dataKeys }: LedgerOptions): Ledger {
  const keys = keysFor(prefix);
  const vaults = createVaults(redis, keys, dataKeys);
  const deps = { redis, keys, vaults };
  const sources = createSources(redis, keys);

  return {
    // Configured keys seal whatever others do: Redis is not asked before each event with an account.
    sealObstacle: async (now) =>
      sealObstacle(await vaults.own(), dataKeys.folder === null ? noUse : await vaults.use(now)),
    keyTrouble: async (now) => keyTrouble(await vaults.own(), await vaults.use(now)),
    noteWorkerKeys: vaults.noteWorker,
    forgetWorkerKeys: vaults.forgetWorker,
    noteKeyWait: async (id, since) => void (await redis.zadd(keys.keyWaits, since, id)),
    keyWaits: () => keyWaits(deps),
    async accept(batch) {
      await sources.note(batch);
      return accept(deps, batch);
    },
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
    async lowerHighest(id, { totalWon, version, now }) {
      const answer = await lowerHighestScript.run(redis, [keys.receipt(id)], [version, totalWon, now]);
      return z.number().parse(answer) === 1;
    },
    async claim(work, forMs, owner = '') {
      return (await claimScript.run(redis, [keys.claim(work)], [forMs, owner])) === 1;
    },
    async release(work, owner) {
      await releaseScript.run(redis, [keys.claim(work)], [owner]);
    },
    noteLook: (look, about) => noteLook({ redis, keys }, look, about),
    lastLook: (id) => lastLook(redis, keys, id),
    async ownerOf(cancelId) {
      return refundIdSchema.nullable().parse(await redis.get(keys.cancelId(cancelId)));
    },
    sources: sources.all,
    overdue: (query) => overdue(redis, keys, query),
    caseGroups: () => caseGroups(redis, keys),
    cases: (query) => listCases(redis, keys, query),
    caseTotals: (asked) => caseTotals(redis, keys, asked),
    placeCases: (signal) => placeCases(redis, keys, { signal }),
    book: (query) => readBook(redis, keys, query),
    bookLength: (days) => bookLength(redis, keys, days),
    day: (seoulDay) => readDay(redis, keys, seoulDay),
    recordAction: (action) => recordAction(redis, keys, action),
    actions: (query) => listActions(redis, keys, query),
    keepSheet: (sheet) => keepSheet(redis, keys, sheet),
    readSheet: (id) => readSheet(redis, keys, id),
    noteReconciliation: (run) => noteReconciliation(redis, keys, run),
    lastReconciliation: () => lastReconciliation(redis, keys),
    trimActions: (before) => trimActions(redis, keys, before),
    list: (query) => listRefunds(redis, keys, query),
    keptAccount: async (id) => openKnown(vaults, await redis.hget(keys.refund(id), 'account'), id),
    async openAccount(sealed, id, now) {
      // A key file that cannot be read is a key that is not here: no refund becomes poison by it.
      const vault = await vaults.known().catch(() => noKeys);
      const opened = vault.open(sealed, id);
      if (typeof opened !== 'string') return { kind: 'opened', account: opened };
      const own = { keys: vault.names, folder: dataKeys.folder };
      const elsewhere = someWorkerHas(opened, own, await vaults.use(now));
      return { kind: 'no_key', keyId: opened, elsewhere };
    },

    async note(id, entry) {
      await noteScript.run(redis, [keys.refund(id), keys.history(id)], [historyLine(entry)]);
    },

    askApproval: (asking) => askApproval(deps, asking),
    approval: (id) => readApproval(deps, id),
    approvals: () => readApprovals(deps),
    approvalAccount: (id) => approvalAccount(deps, id),
    sendBack: (sent) => sendBack(deps, sent),
    addNote: (id, written) => addNote(deps, id, written),
    beside: (id, now) => readBeside(redis, keys, { id, now }),
    peopleOn: (ids, now) => readPeople(redis, keys, { ids, now }),
    watch: (id, watcher, now) => watch(redis, keys, id, { ...watcher, now }),
    unwatch: async (id, who) => void (await redis.hdel(keys.watchers(id), who)),

    newestAcceptedAt: () => newestAcceptedAt(redis, keys),
    purge: (query) => purge(redis, keys, query),

    markUnreadable: (id, now) => markUnreadable(deps, id, now),
    closeUnreadable: (refund, verdict) => closeUnreadable(deps, refund, verdict),

    async hint(receiptId, now) {
      const ids = await redis.zrevrange(keys.byReceipt(receiptId), 0, 99);
      const hinted: JobRequest[] = [];
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
