// Everything one history consists of, handed from part to part.
import type { Redis } from 'ioredis';
import type { PolicySettings } from '../src/domain/decision.ts';
import type { Ledger } from '../src/domain/ledger.ts';
import type { Bootpay } from './bootpay.ts';
import type { Faults } from './faults.ts';
import type { Jobs } from './jobs.ts';
import type { Processes } from './processes.ts';
import type { Chance } from './random.ts';
import type { Scenario } from './scenarios.ts';
import type { Scheduler } from './scheduler.ts';
import type { Subject } from './subject.ts';
import type { Transcript } from './transcript.ts';
import type { Watch } from './watch.ts';

export interface Context {
  readonly scenario: Scenario;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly settings: PolicySettings;
  readonly scheduler: Scheduler;
  readonly transcript: Transcript;
  readonly book: Bootpay['book'];
  readonly bootpay: Bootpay;
  readonly processes: Processes;
  readonly jobs: Jobs;
  readonly watch: Watch;
  readonly subject: Subject;
  readonly redis: Redis;
  readonly prefix: string;
  /** The real ledger; only its results are watched. */
  readonly ledger: Ledger;
  /** Acknowledges without looking. */
  readonly hastyOperator: boolean;
  /** ms since 1970. */
  readonly faultsEndAt: number;
  readonly rateLimiter: {
    shutUntil: number;
    credentialsRefusedUntil: number;
    credentialsRefusedSince: number;
    lookUpsHangUntil: number;
  };
  faulty(): boolean;
  readonly startAt: number;
  readonly activations: { count: number };
  /** Refunds that the order service was told were accepted. */
  readonly acceptedEvents: Set<string>;
  /** Successes that their scenario cannot keep apart from another's, judged when they were written. */
  readonly excused: Set<string>;
  /** Counts beginnings of activations; before some of them Redis makes the last write it will keep. */
  readonly failovers: { begins: number; readonly before: readonly number[] };
  readonly operator: {
    /** New refunds that came in while an operator was at a case. */
    rushes: number;
    readonly diligence: number;
    readonly visits: Map<string, number>;
    untilAt: number;
  };
}
