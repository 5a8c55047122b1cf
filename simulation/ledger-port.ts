// The real ledger and the queue behind an actor's ports: each call of theirs is a boundary at which things go wrong.
import type { JobRequest, Ledger } from '../src/domain/ledger.ts';
import type { RateLimiter } from '../src/domain/rate-limiter.ts';
import type { Refund } from '../src/domain/refund.ts';
import type { Transition } from '../src/domain/transition.ts';
import { sleepCall, storeCall } from './calls.ts';
import type { Context } from './context.ts';
import { perhapsFailOver } from './failover.ts';
import type { Actor } from './scheduler.ts';
import { tellCommit } from './telling.ts';

export function ledgerFor(context: Context, actor: Actor): Ledger {
  const { ledger, watch } = context;
  const call = <Value>(what: string, run: () => Promise<Value>, tell?: (value: Value) => string) =>
    storeCall(context, actor, { what, run, ...(tell !== undefined && { tell }) });
  return {
    sealObstacle: ledger.sealObstacle,
    keyTrouble: ledger.keyTrouble,
    noteWorkerKeys: ledger.noteWorkerKeys,
    forgetWorkerKeys: ledger.forgetWorkerKeys,
    noteKeyWait: ledger.noteKeyWait,
    keyWaits: ledger.keyWaits,
    openAccount: ledger.openAccount,
    keptAccount: ledger.keptAccount,
    peek: ledger.peek,
    accept: (batch) =>
      call(
        `accept ${batch.map(({ refund }) => refund.eventId).join(' ')}`,
        async () => {
          watch.liveJobs.meets(actor);
          const answers = await ledger.accept(batch);
          for (const answer of answers) if (answer.kind === 'accepted') watch.accepted(actor, answer.refund);
          return answers;
        },
        (answers) => answers.map(({ kind }) => kind).join(' '),
      ),
    begin: (request) =>
      call(
        'begin',
        async () => {
          await perhapsFailOver(context);
          const begun = await ledger.begin(request);
          if (begun.kind === 'go') watch.referee.began(actor, request);
          if (['go', 'lane_held', 'receipt_held'].includes(begun.kind))
            watch.liveJobs.works(request.refundId, request.jobId);
          return begun;
        },
        (begun) => (begun.kind === 'go' ? `${begun.refund.state} v${begun.refund.version}` : begun.kind),
      ),
    commit: (change, options) =>
      call(
        tellChange(change),
        async () => {
          const answer = await ledger.commit(change, options);
          watch.committed(actor, change, answer);
          return answer;
        },
        tellCommit,
      ),
    read: (id) =>
      call('read', () => {
        watch.liveJobs.reads(actor);
        return ledger.read(id);
      }),
    readReceipt: (id) =>
      call('read receipt', () => {
        watch.referee.reads(actor, id);
        return ledger.readReceipt(id);
      }),
    noteBelow: (id, below) => call('note below', () => ledger.noteBelow(id, below)),
    lowerHighest: (id, to) =>
      call('lower highest', async () => {
        const lowered = await ledger.lowerHighest(id, to);
        if (lowered) watch.referee.lowered(actor, id, to.totalWon);
        return lowered;
      }),
    noteLook: (look, about) => call('note look', () => ledger.noteLook(look, about)),
    lastLook: (id) => call('last look', () => ledger.lastLook(id)),
    ownerOf: (cancelId) => call('owner of cancel_id', () => ledger.ownerOf(cancelId)),
    sources: () => call('sources', () => ledger.sources()),
    list: (query) =>
      call('list', () => {
        const { receiptId } = query;
        const refunds = [...watch.records.values()].filter((refund) => refund.receiptId === receiptId);
        if (receiptId !== undefined) watch.referee.lists(actor, refunds);
        return ledger.list(query);
      }),
    caseGroups: () => call('case groups', () => ledger.caseGroups()),
    cases: (query) => call('cases', () => ledger.cases(query)),
    caseTotals: (asked) => call('case totals', () => ledger.caseTotals(asked)),
    placeCases: (signal) => call('place cases', () => ledger.placeCases(signal)),
    day: (seoulDay) => call('day', () => ledger.day(seoulDay)),
    book: (query) => call('book', () => ledger.book(query)),
    bookLength: (days) => call('book length', () => ledger.bookLength(days)),
    recordAction: (action) => call('record action', () => ledger.recordAction(action)),
    actions: (query) => call('actions', () => ledger.actions(query)),
    keepSheet: ledger.keepSheet,
    readSheet: ledger.readSheet,
    noteReconciliation: (run) => call('note reconciliation', () => ledger.noteReconciliation(run)),
    lastReconciliation: () => call('last reconciliation', () => ledger.lastReconciliation()),
    trimActions: (before) => call('trim actions', () => ledger.trimActions(before)),
    askApproval: (asking) => call('ask approval', () => ledger.askApproval(asking)),
    approval: (id) => call('approval', () => ledger.approval(id)),
    approvals: () => call('approvals', () => ledger.approvals()),
    approvalAccount: (id) => call('approval account', () => ledger.approvalAccount(id)),
    sendBack: (sent) => call('send back', () => ledger.sendBack(sent)),
    addNote: (id, written) => call('add note', () => ledger.addNote(id, written)),
    beside: (id, now) => call('beside', () => ledger.beside(id, now)),
    peopleOn: (ids, now) => call('people on', () => ledger.peopleOn(ids, now)),
    watch: (id, watcher, now) => call('watch', () => ledger.watch(id, watcher, now)),
    unwatch: (id, who) => call('unwatch', () => ledger.unwatch(id, who)),
    note: (id, entry) =>
      call(`note "${entry.what}: ${entry.reason}"`, () => {
        watch.noted(actor);
        return ledger.note(id, entry);
      }),
    markUnreadable: (id, now) => call('markUnreadable', () => ledger.markUnreadable(id, now)),
    closeUnreadable: (refund, verdict) =>
      call('close unreadable', () => ledger.closeUnreadable(refund, verdict)),
    // Expires by Redis' own clock; here one sweeper sweeps at a time anyway.
    claim: async () => true,
    release: async () => undefined,
    overdue: (query) =>
      call('overdue', () => {
        watch.liveJobs.meets(actor);
        return withJobKeys(context, () => ledger.overdue(query));
      }),
    newestAcceptedAt: () => call('newest accepted', () => ledger.newestAcceptedAt()),
    purge: (query) => call('purge', () => ledger.purge(query)),
    hint: (receiptId, now) =>
      call('hint', () => {
        watch.liveJobs.meets(actor);
        return ledger.hint(receiptId, now);
      }),
    lastAnsweredReceipt: () => call('last answered', () => ledger.lastAnsweredReceipt()),
    counts: () => call('counts', () => ledger.counts()),
  };
}

function tellChange({ refund, from, history, lock, settledWon }: Transition): string {
  const why = history.reason === null ? '' : ` (${history.reason})`;
  const settled = settledWon === 0 ? '' : ` settled ${settledWon}`;
  return `${refund.eventId} v${refund.version} ${from} > ${refund.state} ${history.what}${why}${settled} ${lock}`;
}

/** The ledger looks for jobs, and in which list they are, where BullMQ keeps them: for that moment they are there. */
async function withJobKeys<Value>(context: Context, look: () => Promise<Value>): Promise<Value> {
  const { subject, prefix, jobs, redis } = context;
  const { job, jobsIn } = subject.keysFor(prefix);
  const waiting = jobs.ids.map((id) => job('refunds', id));
  const shown = [...waiting, ...[...jobs.cases].map((id) => job('dead-letters', id))];
  if (shown.length > 0) await redis.mset(shown.flatMap((key) => [key, '1']));
  const delayed = new Set(jobs.delayed);
  for (const id of jobs.ids)
    await redis.zadd(jobsIn('refunds', delayed.has(id) ? 'delayed' : 'prioritized'), 0, id);
  const found = await look();
  const lists = ['delayed', 'prioritized'].map((state) => jobsIn('refunds', state));
  await redis.unlink(...shown, ...lists);
  return found;
}

/** The limiter is no part of this simulation: it is shut after a 429, and refuses now and then. Answers how long to wait. */
function shutForMs({ rateLimiter, scheduler, chance, faults, faulty }: Context): number {
  const shutMs = rateLimiter.shutUntil - scheduler.now();
  if (shutMs > 0) return shutMs;
  return faulty() && chance.is(faults.limiterRefusal) ? chance.int(10, 90_000) : 0;
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

export function limiterFor(context: Context, actor: Actor): RateLimiter {
  const { scheduler } = context;
  return {
    report: () => undefined,
    isFresh: () => true,
    async acquire(_kind, { signal, longestMs = 60_000 } = {}) {
      const startedAt = scheduler.now();
      for (;;) {
        const waitMs = shutForMs(context);
        if (isAborted(signal) || scheduler.now() - startedAt + waitMs > longestMs) return null;
        if (waitMs === 0) return { at: scheduler.now() };
        await sleepCall(context, actor, waitMs, signal);
      }
    },
  };
}

/** The queue's verbs, as far as they are used here. */
export function refundQueueFor(context: Context, actor: Actor) {
  const { jobs } = context;
  const call = <Value>(what: string, run: () => Value) => storeCall(context, actor, { what, run });
  const add = (refund: Refund, given: string | null) => {
    const { refundId } = refund;
    const jobId = given ?? context.subject.refundJobId(refund);
    context.watch.liveJobs.enqueues(actor, { refundId, jobId }, (id) => jobs.ids.includes(id));
    jobs.add(refund, given);
  };
  const caseId = (refund: Refund) => refund.deadLetter?.jobId ?? context.subject.refundJobId(refund);
  const enqueueJobs = async (requests: readonly JobRequest[]) => {
    if (requests.length === 0) return;
    await call(`enqueue ${requests.map(({ refund }) => refund.eventId).join(' ')}`, () => {
      for (const { refund, jobId } of requests) add(refund, jobId);
    });
  };
  return {
    enqueueJobs,
    enqueueJob: (refund: Refund, jobId: string | null = null) => enqueueJobs([{ refund, jobId }]),
    wake: (jobId: string) => call('wake', () => jobs.wake(jobId)),
    revive: async (refund: Refund, jobId: string) => {
      if (await call('wake', () => jobs.wake(jobId))) return;
      if (!jobs.ids.includes(jobId)) await enqueueJobs([{ refund, jobId }]);
    },
    wakeAll: () => call('wake all', () => jobs.wakeAll()),
    shortenLocks: async () => undefined,
    openCase: (refund: Refund) => call(`open case ${refund.eventId}`, () => jobs.openCase(caseId(refund))),
    openUnreadableJob: (jobId: string) => call('open unreadable job', () => void jobs.unreadable.push(jobId)),
    closeCase: (jobId: string) => call('close case', () => jobs.closeCase(jobId)),
    pause: () => call('pause', () => jobs.pause()),
    isPaused: () => call('is paused', () => jobs.isPaused()),
    resume: () => call('resume', () => jobs.resume()),
    queues: [],
    ready: async () => undefined,
    close: async () => undefined,
  };
}

/** One command of Redis for the lane, which speaks to Redis itself. */
export function laneRedisFor(
  context: Context,
  actor: Actor,
): Pick<typeof context.redis, 'hmget' | 'hsetnx' | 'hdel' | 'del' | 'xadd'> {
  return new Proxy(context.redis, {
    get(redis, name) {
      const method = Reflect.get(redis, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) =>
        storeCall(context, actor, {
          what: `lane ${String(name)}`,
          run: () => {
            // The hold that a person was told of, from the command that makes it to the one that lifts it.
            if (name === 'hsetnx' && args[1] === 'person') context.watch.referee.laneHeld(true);
            if (name === 'del') context.watch.referee.laneHeld(false);
            return Reflect.apply(method, redis, args);
          },
        });
    },
  });
}
