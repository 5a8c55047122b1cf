// Stands in for BullMQ: jobs with due times, locks that end with their process, a pause. It promises no more than BullMQ
// does: a job may run twice, at the same time, and long after its lock was lost.
import type { Refund } from '../src/domain/refund.ts';
import type { Context } from './context.ts';
import { lockMs } from './processes.ts';
import type { Process } from './scheduler.ts';

export interface Job {
  readonly id: string;
  readonly refundId: string;
  readonly receiptId: string;
  dueAt: number;
  errors: number;
  /** The process that works on it; null: it waits. */
  lock: { readonly process: Process } | null;
}

export interface Jobs {
  /** Under that job's id; null: under one of its own. */
  add(refund: Refund, jobId: string | null): void;
  readonly ids: readonly string[];
  /** Those of them that wait for their time. */
  readonly delayed: readonly string[];
  wake(id: string): boolean;
  wakeAll(): void;
  /** With the lock still held; a lost one changes nothing. */
  end(job: Job, lock: Job['lock'], then: { readonly dueAt: number } | 'gone'): boolean;
  letGoOf(process: Process): void;
  pause(): void;
  isPaused(): boolean;
  resume(): void;
  openCase(jobId: string): void;
  closeCase(jobId: string): void;
  readonly cases: ReadonlySet<string>;
  /** Forgets a job as if an operator had cleaned the queue. */
  loseAllOf(refundId: string): boolean;
  loseCase(): boolean;
  /** Was it ever asked for? */
  wasAdded(id: string): boolean;
  wasClosed(id: string): boolean;
  /** For a failover: what is known now, to come back to later. */
  snapshot(): () => void;
  /** Jobs without a record that can be read, as the worker put them aside. */
  readonly unreadable: string[];
}

export function createJobs(context: () => Context, begin: (job: Job) => boolean): Jobs {
  const jobs = new Map<string, Job>();
  let cases = new Set<string>();
  let paused = false;
  const unreadable: string[] = [];
  const added = new Set<string>();
  const closed = new Set<string>();

  function expect(job: Job): void {
    const { scheduler, chance } = context();
    scheduler.at(Math.max(job.dueAt, scheduler.now()) + chance.int(0, 10), () => tryStart(job));
  }
  function tryStart(job: Job): void {
    const { scheduler } = context();
    if (jobs.get(job.id) !== job || job.lock !== null || paused || job.dueAt > scheduler.now()) return;
    if (!begin(job)) scheduler.after(1_000, () => tryStart(job));
  }
  function insert(id: string, refund: Refund, delayMs: number): void {
    if (jobs.has(id)) return;
    const { refundId, receiptId } = refund;
    const dueAt = context().scheduler.now() + delayMs;
    const job: Job = { id, refundId, receiptId, dueAt, errors: 0, lock: null };
    jobs.set(id, job);
    expect(job);
  }

  return {
    unreadable,
    get cases() {
      return cases;
    },
    add(refund, jobId) {
      const { chance, faults, subject, faulty } = context();
      const id = jobId ?? subject.refundJobId(refund);
      added.add(id);
      insert(id, refund, 0);
      if (faulty() && chance.is(faults.duplicateJob)) {
        insert(`${refund.refundId}-${9_000 + chance.int(0, 2)}`, refund, chance.int(0, 5_000));
      }
    },
    get ids() {
      return [...jobs.keys()];
    },
    get delayed() {
      const now = context().scheduler.now();
      return [...jobs.values()].filter(({ lock, dueAt }) => lock === null && dueAt > now).map(({ id }) => id);
    },
    wake(id) {
      const job = jobs.get(id);
      const now = context().scheduler.now();
      if (job === undefined || job.lock !== null || job.dueAt <= now) return false;
      job.dueAt = now;
      expect(job);
      return true;
    },
    wakeAll() {
      for (const job of jobs.values()) {
        if (job.lock !== null) continue;
        job.dueAt = Math.min(job.dueAt, context().scheduler.now());
        expect(job);
      }
    },
    end(job, lock, then) {
      if (jobs.get(job.id) !== job || job.lock !== lock || lock === null) return false;
      job.lock = null;
      if (then === 'gone') jobs.delete(job.id);
      else {
        job.dueAt = then.dueAt;
        expect(job);
      }
      return true;
    },
    letGoOf(process) {
      const { scheduler, chance } = context();
      for (const job of jobs.values()) {
        const { lock } = job;
        if (lock?.process !== process) continue;
        scheduler.after(chance.int(lockMs.least, lockMs.most), () => {
          const silent = process.dead || process.blockedUntil > scheduler.now();
          if (jobs.get(job.id) !== job || job.lock !== lock || !silent) return;
          job.lock = null;
          expect(job);
        });
      }
    },
    isPaused: () => paused,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      for (const job of jobs.values()) if (job.lock === null) expect(job);
    },
    openCase: (jobId) => void cases.add(jobId),
    closeCase(jobId) {
      closed.add(jobId);
      cases.delete(jobId);
    },
    loseAllOf(refundId) {
      const ids = [...jobs.values()].filter((job) => job.refundId === refundId).map(({ id }) => id);
      for (const id of ids) jobs.delete(id);
      return ids.length > 0;
    },
    loseCase() {
      if (cases.size === 0) return false;
      return cases.delete(context().chance.pick([...cases]));
    },
    wasAdded: (id) => added.has(id),
    wasClosed: (id) => closed.has(id),
    snapshot() {
      const kept = [...jobs.values()].map((job) => ({ ...job, lock: null }));
      const keptCases = [...cases];
      const wasPaused = paused;
      return () => {
        jobs.clear();
        for (const job of kept) jobs.set(job.id, job);
        cases = new Set(keptCases);
        paused = wasPaused;
        for (const job of kept) expect(job);
      };
    },
  };
}
