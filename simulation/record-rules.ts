// What holds between one version of a record and the next, whatever was decided: it only grows, and by known moves.

import type { Attempt, Refund } from '../src/domain/refund.ts';
import { mayMove } from '../src/domain/states.ts';
import type { Transition } from '../src/domain/transition.ts';
import { heardLate, isFolded, stops } from './reading.ts';

export function* everyRecord(before: Refund, { refund, from }: Transition): Iterable<string> {
  yield* move(before, refund, from);
  yield* attempts(before, refund);
  yield* generation(before, refund);
  yield* account(before, refund);
}

/**
 * Versions grow by one, states only move by the table. A look-up may be attached to a case without a new version, and a
 * late reply may make it a critical one.
 */
function* move(before: Refund, refund: Refund, from: Transition['from']): Iterable<string> {
  const { version, state, deadLetter } = refund;
  if (version === before.version) {
    if (!sameButForLookUp(before, refund) && !becameCritical(before, refund))
      yield `v${version} was written twice`;
    return;
  }
  if (version !== before.version + 1) yield `v${before.version} became v${version}`;
  if (from !== before.state) yield `left ${from} although it was ${before.state}`;
  if (!mayMove(before.state, state)) yield `moved ${before.state} to ${state}`;
  if (state === 'dead_lettered' && deadLetter === null) yield 'has no case';
}

/** Attempts are only added, and an outcome once written stays. Only tries that came to nothing are folded into the next. */
function* attempts(before: Refund, refund: Refund): Iterable<string> {
  const begins = refund.state === 'sending' && before.state !== 'sending';
  const folds = begins && isFolded(before);
  const kept = folds ? before.attempts.slice(0, -1) : before.attempts;
  for (const [index, old] of kept.entries()) {
    const fresh = refund.attempts[index];
    if (fresh === undefined || !(isSame(old, fresh) || isLate(old, fresh, refund)))
      yield `attempt ${old.number} was rewritten`;
  }
  const added = refund.attempts.length - kept.length;
  if (added !== (begins || isBackOnRecord(before, refund) ? 1 : 0))
    yield `has ${added} attempts more as ${refund.state}`;
  const last = refund.attempts.at(-1);
  if (!begins || last === undefined) return;
  const folded = folds ? (before.attempts.at(-1)?.folded ?? 0) + 1 : 0;
  if (last.number !== kept.length + 1 || last.folded !== folded)
    yield `begins attempt ${last.number} with ${last.folded} folded, ${folded} were`;
}

/** A new cancel_id needs an answered refusal of the old one, or a person that acknowledged it. */
function* generation(before: Refund, refund: Refund): Iterable<string> {
  const ids = new Set(refund.attempts.map(({ generation: of, cancelId }) => `${of} ${cancelId}`));
  const generations = new Set(refund.attempts.map(({ generation: of }) => of));
  if (ids.size !== generations.size) yield 'has two cancel_ids in one generation';
  if (refund.generation === before.generation) return;
  const old = refund.attempts.filter(({ generation: of }) => of === before.generation);
  const answered = old.some(
    ({ outcome }) => outcome?.reply === 'refused' && outcome.code !== 'RC_CANCEL_ID_ALREADY_EXIST',
  );
  if (refund.generation !== before.generation + 1 || !(answered || refund.acknowledged)) {
    yield 'changed its cancel_id without an answered refusal or an acknowledgement';
  }
}

/** Kept for as long as money may still have to go there. */
function* account(before: Refund, { account: now, state }: Refund): Iterable<string> {
  if (now === before.account || now === 'kept') return;
  if (state !== 'succeeded' && state !== 'resolved') yield `has lost its account as ${state}`;
}

function isSame(old: Attempt, fresh: Attempt): boolean {
  const known = { ...fresh, outcome: old.outcome === null ? null : fresh.outcome };
  return JSON.stringify(known) === JSON.stringify(old);
}

/** A failover took it off the record, and its reply was heard after all. */
function isBackOnRecord(before: Refund, refund: Refund): boolean {
  const late = heardLate(before, refund);
  return late !== null && stops(late) && late.number > (before.attempts.at(-1)?.number ?? 0);
}

/** Given up as lost, and its reply was heard: the record says so where it stops. It is not used up any more. */
function isLate(old: Attempt, fresh: Attempt, { state }: Refund): boolean {
  if (state !== 'dead_lettered' && state !== 'unknown') return false;
  if (old.outcome?.reply !== 'no_answer' || !stops(fresh)) return false;
  return fresh.outcome?.used === false && isSame({ ...old, outcome: null }, { ...fresh, outcome: null });
}

function becameCritical(before: Refund, { state, deadLetter }: Refund): boolean {
  const isOpenCase = before.state === 'dead_lettered' && state === 'dead_lettered';
  return isOpenCase && before.deadLetter?.severity !== 'critical' && deadLetter?.severity === 'critical';
}

function sameButForLookUp(before: Refund, refund: Refund): boolean {
  return JSON.stringify({ ...before, lastLookUp: null }) === JSON.stringify({ ...refund, lastLookUp: null });
}
