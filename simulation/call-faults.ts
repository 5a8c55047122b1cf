// How one cancel goes on its way to Bootpay and back, by the fault that chance has drawn for it.

import { type Fate, PAID } from '../simulator/core/fate.ts';
import type { CancelReply, LookUpReply } from '../src/domain/reply.ts';
import type { Context } from './context.ts';
import type { CancelFault } from './faults.ts';

const now = 0;
export const timedOut: CancelReply & LookUpReply = { kind: 'no_answer', cause: 'timeout' };
const reset: CancelReply & LookUpReply = { kind: 'no_answer', cause: 'ECONNRESET' };
export const html: CancelReply & LookUpReply = { kind: 'unreadable', cause: 'html', httpStatus: 502 };
export const refusedKey: CancelReply & LookUpReply = {
  kind: 'unauthorized',
  code: 'TOKEN_KEY_INVALID',
  httpStatus: 401,
};
export const notSent: CancelReply & LookUpReply = { kind: 'not_sent', cause: 'ECONNREFUSED' };

/** How one call goes: when it arrives (null: never), what becomes of it there, and what comes back instead of the answer. */
export interface CallFault {
  readonly arrivesAfterMs: number | null;
  readonly fate: Fate;
  /** Instead of Bootpay's answer. `timeout`: nothing, until the time is up. */
  readonly instead?: CancelReply | 'timeout' | 'no_amounts' | 'other_amounts' | 'other_tax_free';
}

export function faultOf(context: Context): CancelFault {
  if (context.rateLimiter.credentialsRefusedUntil > context.scheduler.now()) return 'unauthorized';
  if (!context.faulty()) return 'none';
  const { doubled, ...others } = context.faults.cancel;
  return context.chance.weighted(
    context.scenario.switches.doubledRequests ? { ...others, doubled: doubled ?? 0 } : others,
  );
}

export function callFaultOf(context: Context, fault: CancelFault): CallFault {
  const { chance, scenario, rateLimiter, scheduler } = context;
  const { lateCommitMs, refusedButPaidMs } = scenario.switches;
  const soon = chance.int(10, 400);
  const lateMs = () =>
    chance.is(0.5) ? now : chance.int(0, lateCommitMs - 60_000 > 0 ? lateCommitMs - 60_000 : 1);
  const refused = (
    code: string,
    pgCode: string | null = null,
    paysAfterMs: number | null = null,
  ): CallFault => ({
    arrivesAfterMs: soon,
    fate: { refusal: { code, pgErrorCode: pgCode ?? undefined }, paysAfterMs },
  });
  const never = (instead: NonNullable<CallFault['instead']>): CallFault => ({
    arrivesAfterMs: null,
    fate: PAID,
    instead,
  });
  const lost = (instead: NonNullable<CallFault['instead']>): CallFault => ({
    arrivesAfterMs: soon,
    fate: { refusal: null, paysAfterMs: lateMs() },
    instead,
  });
  switch (fault) {
    case 'none':
    case 'doubled':
      return { arrivesAfterMs: soon, fate: PAID };
    case 'slow':
      return { arrivesAfterMs: chance.int(1_000, 50_000), fate: PAID };
    case 'lost_before':
      return never('timeout');
    case 'reset_before':
      return never(reset);
    case 'lost_after':
      return lost('timeout');
    case 'reset_after':
      return lost(reset);
    case 'late':
      return { arrivesAfterMs: chance.int(1_000, lateCommitMs), fate: PAID, instead: 'timeout' };
    case 'unreadable_before':
      return never(html);
    case 'unreadable_after':
      return lost(html);
    case 'throttled': {
      const retryAfterMs = chance.pick([null, 1_000, 30_000]);
      rateLimiter.shutUntil = Math.max(rateLimiter.shutUntil, scheduler.now() + (retryAfterMs ?? 5_000));
      return never({ kind: 'throttled', retryAfterMs, httpStatus: 429 });
    }
    case 'unauthorized':
      return never(refusedKey);
    case 'not_sent':
      return never(notSent);
    case 'refused_2032': {
      const pays = refusedButPaidMs > 0 && chance.is(0.5);
      const pgCode = chance.pick([null, null, '9003', '9003', '2015', '2026']);
      return refused('RC_CANCEL_SERVER_ERROR', pgCode, pays ? chance.int(0, refusedButPaidMs) : null);
    }
    case 'refused_terminal':
      return refused(
        chance.pick(['RC_CANCEL_METHOD_NOT_FOUND', 'RC_CANCEL_FAILED', 'RC_PM_P_CANCEL_NOT_SUPPORT']),
      );
    case 'unlisted_code':
      return refused('RC_SOMETHING_NEW', null, chance.is(0.3) ? lateMs() : null);
    case 'critical_paid':
      return refused('RC_CANCEL_CRITICAL_ERROR', null, lateMs());
    case 'critical_unpaid':
      return refused('RC_CANCEL_CRITICAL_ERROR');
    case 'accepted_without_amounts':
      return { arrivesAfterMs: soon, fate: PAID, instead: 'no_amounts' };
    case 'accepted_unpaid':
      return { arrivesAfterMs: soon, fate: { refusal: null, paysAfterMs: null }, instead: 'no_amounts' };
    case 'accepted_other_tax_free':
      return { arrivesAfterMs: soon, fate: PAID, instead: 'other_tax_free' };
    case 'accepted_other_amounts':
      return { arrivesAfterMs: soon, fate: PAID, instead: 'other_amounts' };
  }
}
