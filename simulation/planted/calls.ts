// Planted bugs around a call: what is sent, and what a reply is taken for.
import type { Settle } from '../../src/domain/decision.ts';
import type { Refund } from '../../src/domain/refund.ts';
import type { CancelReply, LookUpReply, Receipt } from '../../src/domain/reply.ts';
import type { CommitResult, Transition } from '../../src/domain/transition.ts';
import { totalsFrom } from '../../src/policies/growth.ts';
import { cancelIdFor } from '../../src/policies/identity.ts';
import { withEvidence } from '../../src/policies/transition.ts';
import type { PlantedBugs, Replacements } from '../planted-bugs.ts';
import { andThen, jobWith, withLastAttempt } from './changed.ts';

const isUnanswered = ({ kind }: CancelReply) => kind === 'no_answer' || kind === 'unreadable';

function settle({ cancel }: Refund, by: Settle['by']): Settle {
  return { kind: 'settle', settledWon: cancel.kind === 'full' ? 1 : cancel.amountWon, by };
}

/** A code that is taken for 2032. */
function retried(code: string): Replacements {
  return {
    'policies/decide-reply.ts#decideReply': (real) => (situation, attempt, reply) => {
      const isIt = reply.kind === 'refused' && reply.code === code;
      return real(situation, attempt, isIt ? { ...reply, code: 'RC_CANCEL_SERVER_ERROR' } : reply);
    },
  };
}

export const calls: PlantedBugs = {
  'lock released while the outcome is unknown': {
    found: { scenario: 'no-id-guard', within: 300, shows: /is sent while|won moved|still/ },
    replaces: {
      'policies/transition.ts#transitionFor': (real) => (refund, decision, because) => {
        const transition = real(refund, decision, because);
        return decision.kind === 'look_up_at' ? { ...transition, lock: 'release' } : transition;
      },
    },
  },
  'a retry sent whatever its look-up shows': {
    found: {
      scenario: 'refused-but-paid',
      within: 300,
      shows: /although the look-up shows its money|its look-up shows landed|was paid 2 times/,
    },
    replaces: {
      'policies/decide-look-up.ts#decideBeforeSending': (real) => (situation, receipt) => {
        const last = situation.refund.attempts.at(-1);
        return situation.refund.state === 'waiting_retry' && last !== undefined
          ? { kind: 'send', totalsBefore: last.totalsBefore }
          : real(situation, receipt);
      },
    },
  },
  'a new id for each attempt': {
    found: { scenario: 'plain', within: 100, shows: /two cancel_ids in one generation/ },
    replaces: {
      'policies/transition.ts#beginAttempt': (real) => (refund, totalsBefore, times) => {
        const cancelId = cancelIdFor(refund.firstCancelId, refund.attempts.length + 1);
        const transition = real(refund, totalsBefore, times);
        return { ...transition, refund: withLastAttempt(transition.refund, { cancelId }) };
      },
    },
  },
  'totals before taken anew for each attempt': {
    found: {
      scenario: 'refused-but-paid',
      within: 300,
      shows: /was paid 2 times|were asked for|which is not its own/,
    },
    replaces: {
      'policies/decide-look-up.ts#decideBeforeSending': (real) => (situation, receipt) => {
        const totalsBefore = totalsFrom(receipt, situation.account);
        return real({ ...situation, refund: { ...situation.refund, totalsBefore } }, receipt);
      },
    },
  },
  'the next generation before the settle window': {
    found: {
      scenario: 'burnt-and-paid',
      within: 300,
      shows: /was paid 2 times|without an answered refusal|is waiting_retry after refused/,
    },
    replaces: {
      'policies/decide-reply.ts#decideReply': (real) => (situation, attempt, reply) => {
        const decision = real(situation, attempt, reply);
        const isTaken = reply.kind === 'refused' && reply.code === 'RC_CANCEL_ID_ALREADY_EXIST';
        return isTaken && decision.kind === 'look_up_at'
          ? { kind: 'retry_at', at: situation.now, nextGeneration: true, reason: decision.reason }
          : decision;
      },
    },
  },
  'a refusal that is not there counted as landed': {
    found: { scenario: 'plain', within: 300, shows: /0 won moved|by a look-up that shows zero/ },
    replaces: {
      'policies/decide-look-up.ts#decideUnknown': (real) => (situation, receipt) => {
        const decision = real(situation, receipt);
        return decision.kind === 'dead_letter' && decision.case === 'bootpay_refused'
          ? settle(situation.refund, 'look_up')
          : decision;
      },
    },
  },
  'the attempt written after the call': {
    found: { scenario: 'plain', within: 20, shows: /called without an attempt/ },
    replaces: jobWith(({ ledger, gateway }) => ({
      ledger: {
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
  'the call made however late': {
    found: { scenario: 'plain', within: 1_000, shows: /ms after its attempt|called without an attempt/ },
    replaces: jobWith(({ clock, ledger, gateway }) => {
      let sentAt: number | null = null;
      const stopClock = (_: unknown, { refund, history }: Transition) => {
        sentAt = refund.state === 'sending' ? history.at : null;
      };
      const startClock = () => {
        sentAt = null;
      };
      return {
        clock: { now: () => sentAt ?? clock.now() },
        ledger: { commit: andThen(ledger.commit, stopClock) },
        gateway: { cancel: andThen(gateway.cancel, startClock) },
      };
    }),
  },
  'a time-out taken for a failure': {
    found: {
      scenario: 'no-id-guard',
      within: 300,
      shows: /paid 2 times|won moved|is sent while|is waiting_retry after (no_answer|unreadable)/,
    },
    replaces: {
      'policies/decide-reply.ts#decideReply': (real) => (situation, attempt, reply) => {
        const at = situation.now + situation.settings.retryBaseMs;
        return isUnanswered(reply)
          ? { kind: 'retry_at', at, nextGeneration: false, reason: reply.kind }
          : real(situation, attempt, reply);
      },
    },
  },
  'a time-out taken for a success': {
    found: { scenario: 'plain', within: 100, shows: /won moved|is succeeded after (no_answer|unreadable)/ },
    replaces: {
      'policies/decide-reply.ts#decideReply': (real) => (situation, attempt, reply) =>
        isUnanswered(reply) ? settle(situation.refund, 'answer') : real(situation, attempt, reply),
    },
  },
  '2086 retried': {
    found: {
      scenario: 'no-id-guard',
      within: 1_000,
      shows: /paid 2 times|won moved|is waiting_retry after refused RC_CANCEL_CRITICAL_ERROR/,
    },
    replaces: retried('RC_CANCEL_CRITICAL_ERROR'),
  },
  'not there believed before the settle window ends': {
    found: {
      scenario: 'no-id-guard',
      within: 300,
      shows: /paid 2 times|won moved|is sent again after a look-up that shows zero/,
    },
    replaces: {
      'policies/decide-look-up.ts#decideUnknown': (real) => (situation, receipt) =>
        real({ ...situation, settings: { ...situation.settings, settleWindowMs: 0 } }, receipt),
    },
  },
  'accepted, not there, and sent again': {
    found: { scenario: 'plain', within: 1_000, shows: /is sent again after accepted/ },
    replaces: {
      'policies/decide-look-up.ts#decideUnknown': (real) => (situation, receipt) => {
        const outcome = situation.refund.attempts.at(-1)?.outcome;
        if (outcome?.reply !== 'accepted') return real(situation, receipt);
        const refund = withLastAttempt(situation.refund, { outcome: { ...outcome, reply: 'no_answer' } });
        return real({ ...situation, refund }, receipt);
      },
    },
  },
  'an unlisted code retried': {
    found: { scenario: 'plain', within: 1_000, shows: /is waiting_retry after refused RC_SOMETHING_NEW/ },
    replaces: retried('RC_SOMETHING_NEW'),
  },
  'the refund account erased with the case': {
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
  'the refund account not sent': {
    found: { scenario: 'plain', within: 100, shows: /pays another account/ },
    replaces: jobWith(({ gateway }) => ({
      gateway: { cancel: (request) => gateway.cancel({ ...request, account: null }) },
    })),
  },
  'call_until without the time-out': {
    found: { scenario: 'no-id-guard', within: 20, shows: /may be called for/ },
    replaces: {
      'policies/transition.ts#beginAttempt':
        (real) =>
        (refund, totalsBefore, { now }) =>
          real(refund, totalsBefore, { now, callUntil: now + 5_000 }),
    },
  },
  'a stale look-up kept as the last one': {
    found: { scenario: 'siblings', within: 100, shows: /keeps a look-up from the past|has another version/ },
    replaces: jobWith(({ ledger, gateway, clock }) => {
      let shown: { readonly at?: number; readonly receipt?: Receipt } | null = null;
      // A second look-up only shows whether the credentials work.
      const see = (reply: LookUpReply) => {
        shown ??= reply.kind === 'accepted' ? { at: clock.now(), receipt: reply.body } : {};
      };
      const keepShown = ({ refund, ...transition }: Transition): Transition => {
        const lastLookUp = refund.lastLookUp && { ...refund.lastLookUp, ...shown };
        return { ...transition, refund: { ...refund, lastLookUp } };
      };
      return {
        gateway: { lookUp: andThen(gateway.lookUp, see) },
        ledger: { commit: (transition, options) => ledger.commit(keepShown(transition), options) },
      };
    }),
  },
  'a stale look-up attached as evidence': {
    found: { scenario: 'siblings', within: 300, shows: /keeps a look-up from the past/ },
    replaces: jobWith(({ ledger, gateway, clock }) => {
      let written: Refund | null = null;
      const note = ({ kind }: CommitResult, { refund }: Transition) => {
        if (kind === 'done') written = refund;
      };
      const attach = async (reply: LookUpReply) => {
        if (reply.kind !== 'accepted' || written?.state !== 'dead_lettered' || !written.lastLookUp) return;
        const { totalWon = 0 } = written.attempts.at(-1)?.totalsBefore ?? {};
        const lookUp = { ...written.lastLookUp, at: clock.now(), receipt: reply.body };
        if (reply.body.cancelledWon < totalWon) await ledger.commit(withEvidence(written, lookUp), {});
      };
      return {
        gateway: { lookUp: andThen(gateway.lookUp, attach) },
        ledger: { commit: andThen(ledger.commit, note) },
      };
    }),
  },
};
