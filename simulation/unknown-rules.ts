// The rules for an unknown outcome (design.md, section 6): a look-up ends it, and "not there" has its time.
import type { Attempt } from '../src/domain/refund.ts';
import { isRefused, shownBy } from './reading.ts';
import type { Move } from './rules.ts';
import { grownTo } from './worker-rules.ts';

/** From `unknown`: only a look-up may end it, and "not there" counts after the settle window. */
export function* fromUnknown(move: Move): Iterable<string> {
  const { before, refund, change, receipt, begun } = move;
  const reading = receipt === null ? null : shownBy(before, receipt, begun);
  const shown = reading?.shown ?? null;
  const settled = shown === 'zero' && windowIsOver(move);
  yield* grownTo(move, reading);
  switch (refund.state) {
    case 'succeeded':
      if (shown !== 'landed')
        yield `is settled with ${change.settledWon} won by a look-up that shows ${shown}`;
      return;
    case 'waiting_retry':
      if (!settled) yield `is sent again after a look-up that shows ${shown}`;
      yield* mayGoOn(move);
      return;
    case 'dead_lettered':
      yield* givenUp(move, settled, shown);
      return;
    default:
      if (settled) yield 'stays unknown after the settle window';
  }
}

function windowIsOver({ before, settings, decidedAt }: Move): boolean {
  const last = before.attempts.at(-1);
  const originAt = last?.outcome?.at ?? last?.callUntil ?? 0;
  return decidedAt >= originAt + settings.settleWindowMs;
}

/**
 * No reply: the same id again. 2029: the next id, where all earlier ones are known to have moved nothing; one that was
 * accepted moved money that a person knew to be gone.
 */
function* mayGoOn({ before, refund }: Move): Iterable<string> {
  const last = before.attempts.at(-1);
  const reply = last?.outcome?.reply;
  const next = refund.generation !== before.generation;
  if (reply === 'no_answer' || reply === 'unreadable') {
    if (next) yield 'changes its cancel_id after a lost call';
    return;
  }
  const earlier = before.attempts.slice(0, -1).filter(({ generation }) => generation === last?.generation);
  const burns = (one: Attempt) =>
    isRefused(one) || (before.acknowledged && one.outcome?.reply === 'accepted');
  const clear = (one: Attempt) =>
    burns(one) || one.outcome?.reply === 'not_sent' || one.outcome?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  const burnt = last?.outcome?.code === 'RC_CANCEL_ID_ALREADY_EXIST' && earlier.some(burns);
  if (!burnt || !earlier.every(clear) || !next) yield `is sent again after ${last?.outcome?.code ?? reply}`;
}

function* givenUp(move: Move, settled: boolean, shown: string | null): Iterable<string> {
  const { before, refund, decidedAt } = move;
  const last = before.attempts.at(-1)?.outcome;
  switch (refund.deadLetter?.case) {
    case 'integrity_mismatch':
      if (shown !== 'neither' && shown !== 'landed' && !(settled && last?.reply === 'accepted')) {
        yield `is a mismatch, and its look-up shows ${shown}`;
      }
      return;
    case 'bootpay_refused':
      if (!settled || last?.reply !== 'refused') yield `is refused, and its look-up shows ${shown}`;
      return;
    case 'outcome_unknown':
      if (refund.deadLetter.code === null && decidedAt < before.deadlineAt)
        yield 'is given up before its deadline';
      return;
    case 'poison':
      return;
    default:
      yield `is ${refund.deadLetter?.case} although the outcome is unknown`;
  }
}
