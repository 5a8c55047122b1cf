// Planted bugs around a call: what is sent, and what a reply is taken for.
import type { Settle } from '../../src/domain/decision.ts';
import type { Refund } from '../../src/domain/refund.ts';
import type { CancelReply, Receipt } from '../../src/domain/reply.ts';
import { totalsFrom } from '../../src/policies/growth.ts';
import { cancelIdFor } from '../../src/policies/identity.ts';
import { withEvidence } from '../../src/policies/transition.ts';
import type { PlantedBug, Replacements } from '../planted-bugs.ts';
import { jobWith, withLastAttempt } from './changed.ts';

const isUnanswered = ({ kind }: CancelReply) => kind === 'no_answer' || kind === 'unreadable';

function settle({ cancel }: Refund, by: Settle['by']): Settle {
  return { kind: 'settle', settledWon: cancel.kind === 'full' ? 1 : cancel.amountWon, by };
}

/** A code that is taken for 2032. */
function retried(code: string): Replacements {
  return {
    'policies/decide-next.ts#decideReply': (real) => (situation, attempt, reply) => {
      const isIt = reply.kind === 'refused' && reply.code === code;
      return real(situation, attempt, isIt ? { ...reply, code: 'RC_CANCEL_SERVER_ERROR' } : reply);
    },
  };
}

export const calls: readonly PlantedBug[] = [
  {
    name: 'lock released while the outcome is unknown',
    found: { scenario: 'no-id-guard', within: 300, shows: /is sent while|won moved|still/ },
    replaces: {
      'policies/transition.ts#transitionFor': (real) => (refund, decision, because) => {
        const transition = real(refund, decision, because);
        return decision.kind === 'look_up_at' ? { ...transition, lock: 'release' } : transition;
      },
    },
  },
  {
    name: 'a retry sent whatever its look-up shows',
    found: {
      scenario: 'refused-but-paid',
      within: 300,
      shows: /although the look-up shows its money|its look-up shows landed|was paid 2 times/,
    },
    replaces: {
      'policies/decide-next.ts#decideBeforeSending': (real) => (situation, receipt) => {
        const last = situation.refund.attempts.at(-1);
        return situation.refund.state === 'waiting_retry' && last !== undefined
          ? { kind: 'send', totalsBefore: last.totalsBefore }
          : real(situation, receipt);
      },
    },
  },
  {
    name: 'a new id for each attempt',
    found: { scenario: 'plain', within: 100, shows: /two cancel_ids in one generation/ },
    replaces: {
      'policies/transition.ts#beginAttempt': (real) => (refund, totalsBefore, times) => {
        const cancelId = cancelIdFor(refund.firstCancelId, refund.attempts.length + 1);
        const transition = real(refund, totalsBefore, times);
        return { ...transition, refund: withLastAttempt(transition.refund, { cancelId }) };
      },
    },
  },
  {
    name: 'totals before taken anew for each attempt',
    found: {
      scenario: 'refused-but-paid',
      within: 300,
      shows: /was paid 2 times|were asked for|which is not its own/,
    },
    replaces: {
      'policies/decide-next.ts#decideBeforeSending': (real) => (situation, receipt) => {
        const totalsBefore = totalsFrom(receipt, situation.account);
        return real({ ...situation, refund: { ...situation.refund, totalsBefore } }, receipt);
      },
    },
  },
  {
    name: 'the next generation before the settle window',
    found: {
      scenario: 'burnt-and-paid',
      within: 300,
      shows: /was paid 2 times|without an answered refusal|is waiting_retry after refused/,
    },
    replaces: {
      'policies/decide-next.ts#decideReply': (real) => (situation, attempt, reply) => {
        const decision = real(situation, attempt, reply);
        const isTaken = reply.kind === 'refused' && reply.code === 'RC_CANCEL_ID_ALREADY_EXIST';
        return isTaken && decision.kind === 'look_up_at'
          ? { kind: 'retry_at', at: situation.now, nextGeneration: true, reason: decision.reason }
          : decision;
      },
    },
  },
  {
    name: 'a refusal that is not there counted as landed',
    found: { scenario: 'plain', within: 300, shows: /0 won moved|by a look-up that shows zero/ },
    replaces: {
      'policies/decide-next.ts#decideUnknown': (real) => (situation, receipt) => {
        const decision = real(situation, receipt);
        return decision.kind === 'dead_letter' && decision.case === 'bootpay_refused'
          ? settle(situation.refund, 'look_up')
          : decision;
      },
    },
  },
  {
    name: 'the attempt written after the call',
    found: { scenario: 'plain', within: 20, shows: /called without an attempt/ },
    replaces: jobWith(({ ledger, gateway }) => ({
      ledger: {
        ...ledger,
        async commit(transition, options) {
          const { receiptId, state, attempts } = transition.refund;
          const attempt = attempts.at(-1);
          const nothingElse = { username: null, message: null, account: null };
          if (state === 'sending' && attempt !== undefined)
            await gateway.cancel({ receiptId, ...attempt, ...nothingElse });
          return ledger.commit(transition, options);
        },
      },
    })),
  },
  {
    name: 'the call made however late',
    found: { scenario: 'plain', within: 1_000, shows: /ms after its attempt|called without an attempt/ },
    replaces: jobWith(({ clock, ledger, gateway }) => {
      let sentAt: number | null = null;
      return {
        clock: { ...clock, now: () => sentAt ?? clock.now() },
        ledger: {
          ...ledger,
          async commit(transition, options) {
            const result = await ledger.commit(transition, options);
            if (transition.refund.state === 'sending') sentAt = transition.history.at;
            return result;
          },
        },
        gateway: {
          ...gateway,
          cancel(request) {
            sentAt = null;
            return gateway.cancel(request);
          },
        },
      };
    }),
  },
  {
    name: 'a time-out taken for a failure',
    found: {
      scenario: 'no-id-guard',
      within: 300,
      shows: /paid 2 times|won moved|is sent while|is waiting_retry after (no_answer|unreadable)/,
    },
    replaces: {
      'policies/decide-next.ts#decideReply': (real) => (situation, attempt, reply) => {
        const at = situation.now + situation.settings.retryBaseMs;
        return isUnanswered(reply)
          ? { kind: 'retry_at', at, nextGeneration: false, reason: reply.kind }
          : real(situation, attempt, reply);
      },
    },
  },
  {
    name: 'a time-out taken for a success',
    found: { scenario: 'plain', within: 100, shows: /won moved|is succeeded after (no_answer|unreadable)/ },
    replaces: {
      'policies/decide-next.ts#decideReply': (real) => (situation, attempt, reply) =>
        isUnanswered(reply) ? settle(situation.refund, 'answer') : real(situation, attempt, reply),
    },
  },
  {
    name: '2086 retried',
    found: {
      scenario: 'no-id-guard',
      within: 1_000,
      shows: /paid 2 times|won moved|is waiting_retry after refused RC_CANCEL_CRITICAL_ERROR/,
    },
    replaces: retried('RC_CANCEL_CRITICAL_ERROR'),
  },
  {
    name: 'not there believed before the settle window ends',
    found: {
      scenario: 'no-id-guard',
      within: 300,
      shows: /paid 2 times|won moved|is sent again after a look-up that shows zero/,
    },
    replaces: {
      'policies/decide-next.ts#decideUnknown': (real) => (situation, receipt) =>
        real({ ...situation, settings: { ...situation.settings, settleWindowMs: 0 } }, receipt),
    },
  },
  {
    name: 'accepted, not there, and sent again',
    found: { scenario: 'plain', within: 1_000, shows: /is sent again after accepted/ },
    replaces: {
      'policies/decide-next.ts#decideUnknown': (real) => (situation, receipt) => {
        const { refund } = situation;
        const outcome = refund.attempts.at(-1)?.outcome;
        return outcome?.reply === 'accepted'
          ? real(
              {
                ...situation,
                refund: withLastAttempt(refund, { outcome: { ...outcome, reply: 'no_answer' } }),
              },
              receipt,
            )
          : real(situation, receipt);
      },
    },
  },
  {
    name: 'an unlisted code retried',
    found: { scenario: 'plain', within: 1_000, shows: /is waiting_retry after refused RC_SOMETHING_NEW/ },
    replaces: retried('RC_SOMETHING_NEW'),
  },
  {
    name: 'the refund account erased with the case',
    found: { scenario: 'plain', within: 100, shows: /has lost its account/ },
    replaces: {
      'policies/transition.ts#transitionFor': (real) => (refund, decision, because) => {
        const transition = real(refund, decision, because);
        return decision.kind === 'dead_letter' && refund.account === 'kept'
          ? { ...transition, refund: { ...transition.refund, account: 'erased' } }
          : transition;
      },
    },
  },
  {
    name: 'the refund account not sent',
    found: { scenario: 'plain', within: 100, shows: /pays another account/ },
    replaces: jobWith(({ gateway }) => ({
      gateway: { ...gateway, cancel: (request) => gateway.cancel({ ...request, account: null }) },
    })),
  },
  {
    name: 'call_until without the time-out',
    found: { scenario: 'no-id-guard', within: 20, shows: /may be called for/ },
    replaces: {
      'policies/transition.ts#beginAttempt':
        (real) =>
        (refund, totalsBefore, { now }) =>
          real(refund, totalsBefore, { now, callUntil: now + 5_000 }),
    },
  },
  {
    name: 'a stale look-up kept as the last one',
    found: { scenario: 'siblings', within: 100, shows: /keeps a look-up from the past/ },
    replaces: jobWith(({ ledger, gateway }) => {
      let shown: Receipt | null = null;
      return {
        gateway: {
          ...gateway,
          async lookUp(receiptId, signal) {
            const reply = await gateway.lookUp(receiptId, signal);
            if (reply.kind === 'accepted') shown = reply.body;
            return reply;
          },
        },
        ledger: {
          ...ledger,
          commit(transition, options) {
            const { lastLookUp } = transition.refund;
            const kept = lastLookUp && { ...lastLookUp, receipt: shown ?? lastLookUp.receipt };
            return ledger.commit(
              { ...transition, refund: { ...transition.refund, lastLookUp: kept } },
              options,
            );
          },
        },
      };
    }),
  },
  {
    name: 'a look-up attached as evidence before it is judged',
    found: { scenario: 'siblings', within: 300, shows: /keeps a look-up from the past/ },
    replaces: jobWith(({ ledger, gateway, clock }) => {
      let written: Refund | null = null;
      return {
        gateway: {
          ...gateway,
          async lookUp(receiptId, signal) {
            const reply = await gateway.lookUp(receiptId, signal);
            if (reply.kind === 'accepted' && written?.state === 'dead_lettered' && written.lastLookUp) {
              const lookUp = { ...written.lastLookUp, at: clock.now(), receipt: reply.body };
              await ledger.commit(withEvidence(written, lookUp), {});
            }
            return reply;
          },
        },
        ledger: {
          ...ledger,
          async commit(transition, options) {
            const result = await ledger.commit(transition, options);
            if (result.kind === 'done') written = transition.refund;
            return result;
          },
        },
      };
    }),
  },
];
