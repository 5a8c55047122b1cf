/** What chance or a script has in store for a cancel that arrives at Bootpay: a fault as far as it is about money. */
import type { Refusal } from './codes.ts';
import type { CancelStep } from './steps.ts';

export interface Fate {
  /** null: accepted. */
  readonly refusal: Refusal | null;
  /** Whatever the checks would say. */
  readonly unchecked?: boolean;
  /** null: the money never moves. */
  readonly paysAfterMs: number | null;
  /** `false`: no look-up ever shows it; shown when absent. */
  readonly visible?: boolean | undefined;
}

export const PAID: Fate = { refusal: null, paysAfterMs: 0 };

/** null: the cancel never arrives. */
export function fateOf(step: CancelStep): Fate | null {
  switch (step.reply) {
    case 'normal':
      return PAID;
    case 'code':
    case 'ok_with_error_code': {
      const { code = 'RC_CANCEL_SERVER_ERROR', pgErrorCode, message, httpStatus, visible } = step;
      const refusal = { code, pgErrorCode, message, httpStatus };
      return { refusal, unchecked: true, paysAfterMs: step.commitAfterMs ?? null, visible };
    }
    case 'late_commit':
      return { refusal: null, paysAfterMs: step.delayMs, visible: step.visible };
    default: {
      const said = 'commit' in step ? step.commit : undefined;
      return (said ?? COMMITS_FIRST.test(step.reply)) ? PAID : null;
    }
  }
}

/** Replies after which the money has moved, where the step does not say. */
const COMMITS_FIRST = /^(ok_\w+|\w+_after_commit|truncated|not_json|oversized|empty_204)$/;
