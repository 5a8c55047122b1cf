// Takes cancellation events: each becomes a stored refund with a job, or is refused with the reason.
import { chunks } from '../domain/chunks.ts';
import type { SealObstacle } from '../domain/data-keys.ts';
import { type CancellationEvent, parseCancellationEvent } from '../domain/event.ts';
import type { Acceptance, JobRequest, Ledger } from '../domain/ledger.ts';
import type { Problem } from '../domain/problem.ts';
import { contentOf } from '../policies/identity.ts';
import { gathered } from './gather.ts';
import { newRefund } from './new-refund.ts';

/** What became of one event. `accepted`: record and job are stored. Nothing of a `refused` one is. */
export interface EnqueueResult {
  readonly result: 'accepted' | 'duplicate' | 'conflict' | 'refused';
  readonly refund_id: string | null;
  readonly cancel_id: string | null;
  readonly state: string | null;
  readonly problems: readonly Problem[];
}

interface EnqueueDeps {
  readonly ledger: Pick<Ledger, 'accept' | 'note' | 'sealObstacle'>;
  readonly enqueueJobs: (requests: readonly JobRequest[]) => Promise<void>;
  readonly now: () => number;
  readonly retryDeadlineMs: number;
}

export interface Enqueue {
  /**
   * Refuses by value, throws only when Redis does not answer: then the event may be sent again. Events that come while
   * others are stored are stored together.
   */
  enqueue(event: unknown): Promise<EnqueueResult>;
  /** Answers in the order given; 250 at a time, four batches under way. */
  enqueueMany(events: readonly unknown[]): Promise<EnqueueResult[]>;
}

const batchSize = 250;
const batchesUnderWay = 4;

export function createEnqueue(deps: EnqueueDeps): Enqueue {
  async function enqueueMany(events: readonly unknown[]): Promise<EnqueueResult[]> {
    const left = chunks(events, batchSize).entries();
    const results: EnqueueResult[][] = [];
    let failed = false;
    const takeTurns = async () => {
      for (const [index, batch] of left) {
        if (failed) return;
        results[index] = await enqueueBatch(deps, batch).catch((error: unknown) => {
          failed = true;
          throw error;
        });
      }
    };
    await Promise.all(Array.from({ length: batchesUnderWay }, takeTurns));
    return results.flat();
  }
  const store = gathered((events: readonly CancellationEvent[]) => storeBatch(deps, events), {
    batchSize,
    batchesUnderWay,
  });
  async function enqueue(input: unknown): Promise<EnqueueResult> {
    const entry = await readEvent(deps, input);
    return entry.kind === 'event' ? store(entry.event) : refused(entry.problems);
  }
  return { enqueue, enqueueMany };
}

async function enqueueBatch(deps: EnqueueDeps, inputs: readonly unknown[]): Promise<EnqueueResult[]> {
  const parsed = await readEvents(deps, inputs);
  const good = parsed.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : []));
  const stored = (good.length === 0 ? [] : await storeBatch(deps, good)).values();
  return parsed.map((entry) =>
    entry.kind === 'refused' ? refused(entry.problems) : (stored.next().value ?? refused([])),
  );
}

interface EventAcceptance {
  readonly event: CancellationEvent;
  readonly acceptance: Acceptance;
}

async function storeBatch(deps: EnqueueDeps, events: readonly CancellationEvent[]): Promise<EnqueueResult[]> {
  const now = deps.now();
  const acceptances = await deps.ledger.accept(
    events.map((event) => newRefund(event, now, deps.retryDeadlineMs)),
  );
  await deps.enqueueJobs(acceptances.flatMap(toEnqueue));
  const judged = acceptances.flatMap((acceptance, index): EventAcceptance[] => {
    const event = events[index];
    return event === undefined ? [] : [{ event, acceptance }];
  });
  await Promise.all(judged.map((one) => noteConflict(deps, one, now)));
  return judged.map(resultOf);
}

type ReadEvent = ReturnType<typeof parseCancellationEvent>;

interface ReadEventDeps {
  readonly now: () => number;
  readonly ledger: Pick<Ledger, 'sealObstacle'>;
}

async function readEvents(deps: ReadEventDeps, inputs: readonly unknown[]): Promise<ReadEvent[]> {
  const now = deps.now();
  const parsed = inputs.map((input) => parseCancellationEvent(input, now));
  const obstacle = parsed.some(hasAccount) ? await deps.ledger.sealObstacle(now) : null;
  if (obstacle === null) return parsed;
  return parsed.map((entry) =>
    hasAccount(entry) ? { kind: 'refused', problems: [keyProblem(obstacle)] } : entry,
  );
}

export async function readEvent(deps: ReadEventDeps, input: unknown): Promise<ReadEvent> {
  const [entry] = await readEvents(deps, [input]);
  return entry ?? { kind: 'refused', problems: [] };
}

function hasAccount(entry: ReadEvent): boolean {
  return entry.kind === 'event' && entry.event.refund !== undefined;
}

/** Without a key that the workers have, a refund account cannot be kept; the server answers 503 to it. */
function keyProblem(obstacle: SealObstacle): Problem {
  const about = { field: 'refund', received: '(hidden)' };
  if (obstacle.kind === 'no_key') {
    return {
      ...about,
      expected: 'DATA_KEYS configured, so that a refund account can be stored encrypted',
      expected_ko: '환불 계좌를 암호화해 보관할 수 있도록 DATA_KEYS 설정',
    };
  }
  const others = obstacle.ids.length === 0 ? '' : ` (${obstacle.ids.join(', ')})`;
  return {
    ...about,
    expected: `DATA_KEYS configured alike here and for the workers, which use another data key${others} than the one of this folder`,
    expected_ko: `이 폴더의 데이터 키와 작업자가 쓰는 데이터 키${others}가 달라, 양쪽에 같은 DATA_KEYS 설정`,
  };
}

/** Whatever the field is called: in a CloudEvent it is `data.refund`. */
export function isAboutKeys({ expected }: Pick<Problem, 'expected'>): boolean {
  return expected.startsWith('DATA_KEYS ');
}

/**
 * A queued refund that lost its job gets it back when its event is repeated. Under the name it had: while that job is
 * there, nothing is added, or each repetition would make another live job of the same refund.
 */
function toEnqueue(acceptance: Acceptance): JobRequest[] {
  if (acceptance.kind === 'conflict' || acceptance.state !== 'queued') return [];
  return [acceptance];
}

function resultOf({ acceptance, event }: EventAcceptance): EnqueueResult {
  if (acceptance.kind !== 'conflict') {
    const { refund, state } = acceptance;
    const { refundId, firstCancelId } = refund;
    return { result: acceptance.kind, refund_id: refundId, cancel_id: firstCancelId, state, problems: [] };
  }
  return {
    result: 'conflict',
    refund_id: acceptance.owner,
    cancel_id: null,
    state: null,
    problems: [conflictProblem(acceptance.with, event)],
  };
}

export function conflictProblem(
  which: 'content' | 'cancel_id',
  event: Pick<CancellationEvent, 'cancel_id'>,
): Problem {
  return which === 'content'
    ? {
        field: 'event_id',
        expected:
          'the same order_id, receipt_id, amounts, cancel_id and refund account as when it first came',
        expected_ko: '처음 받은 것과 같은 order_id, receipt_id, 금액, cancel_id, 환불 계좌',
        received: 'other content under the same source and event_id',
      }
    : {
        field: 'cancel_id',
        expected: 'a cancel_id that no other refund uses',
        expected_ko: '다른 환불이 쓰지 않는 cancel_id',
        received: JSON.stringify(event.cancel_id ?? null),
      };
}

/**
 * An event that contradicts an earlier one is noted in the history of that one's refund. The conflict was counted when
 * the event was refused; an error here reaches the caller, and the event is sent again.
 */
async function noteConflict(
  deps: EnqueueDeps,
  { event, acceptance }: EventAcceptance,
  now: number,
): Promise<void> {
  if (acceptance.kind !== 'conflict') return;
  const noted =
    acceptance.with === 'content'
      ? { what: 'conflicting event refused', reason: contentOf(event) }
      : { what: 'event with this cancel_id refused', reason: `${event.source} ${event.event_id}` };
  await deps.ledger.note(acceptance.owner, { at: now, who: event.source, from: null, to: null, ...noted });
}

export function refused(problems: readonly Problem[]): EnqueueResult {
  return { result: 'refused', refund_id: null, cancel_id: null, state: null, problems };
}
