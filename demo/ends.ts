// How each line of the demo ended beside what its expectation says. Pure.

import type { Refund } from '../src/domain/refund.ts';
import type { EnqueueResult } from '../src/producer/enqueue.ts';
import type { Expectation, ExpectedEnd } from './samples.ts';

export interface End {
  readonly expectation: Expectation;
  readonly result: EnqueueResult['result'] | 'missing';
  /** null: nothing was stored for this line. */
  readonly refund: Refund | null;
  /** Why the machine last moved it, as its history says. */
  readonly lastReason: string | null;
}

/** A sentence per difference; none when the line ended as expected. */
export function differences({ expectation, result, refund }: End): string[] {
  const { expect } = expectation;
  const accepted = expect.result === result ? [] : [`expected ${expect.result}, was ${result}`];
  // Only an accepted line has a refund of its own to judge.
  return expect.result === 'accepted' && refund !== null
    ? [...accepted, ...endDifferences(expect, refund)]
    : accepted;
}

export function endDifferences(expected: ExpectedEnd, refund: Refund): string[] {
  const found = {
    state: refund.state,
    case: refund.deadLetter?.case ?? null,
    code: refund.deadLetter?.code ?? null,
    rule: refund.deadLetter?.rule ?? null,
    attempts: refund.attempts.length,
  };
  const pairs = [
    ['state', expected.state, found.state],
    ['case', expected.case, found.case],
    ['code', expected.code, found.code],
    ['rule', expected.rule, found.rule],
    ['attempts', expected.attempts, found.attempts],
  ] as const;
  return pairs.flatMap(([name, wanted, was]) =>
    wanted === undefined || wanted === was ? [] : [`expected ${name} ${wanted}, was ${was ?? 'none'}`],
  );
}
