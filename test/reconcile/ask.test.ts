// One look-up in the background: what a receipt, an outage and refused credentials are told apart by.
import { describe, expect, it } from 'vitest';
import { type ReceiptId, receiptIdSchema } from '../../src/domain/ids.ts';
import type { LookUpReply } from '../../src/domain/reply.ts';
import { type AskDeps, ask } from '../../src/reconcile/ask.ts';
import { receiptWith } from '../policies/receipts.ts';
import { noAnswer, notSent, refused, throttled, unauthorized, unreadable } from '../policies/refunds.ts';

const mine = receiptIdSchema.parse('mine');
const known = receiptIdSchema.parse('known');
const shown: LookUpReply = { kind: 'accepted', httpStatus: 200, body: receiptWith() };

function asking(replies: Record<string, LookUpReply>, changes: Partial<AskDeps> = {}) {
  const asked: ReceiptId[] = [];
  const lookUp: AskDeps['gateway']['lookUp'] = async (id) => {
    asked.push(id);
    return replies[id] ?? noAnswer;
  };
  const deps: AskDeps = {
    ledger: { lastAnsweredReceipt: async () => known },
    gateway: { lookUp },
    rateLimiter: { acquire: async () => ({ at: 0 }) },
    now: () => 7,
    ...changes,
  };
  return { asked, deps };
}

describe('a look-up in the background', () => {
  it('dates a receipt by when it was asked for: an answer may take half a minute', async () => {
    let now = 1_000;
    const lookUp = async () => {
      now += 30_000;
      return shown;
    };
    const { deps } = asking({}, { gateway: { lookUp }, now: () => now });
    expect(await ask(deps, mine)).toMatchObject({ kind: 'shown', at: 1_000 });
  });

  it.each([noAnswer, notSent, throttled(), unreadable])(
    'is silence when nobody answers: %o',
    async (reply) => {
      const { deps } = asking({ mine: reply });
      expect(await ask(deps, mine)).toEqual({ kind: 'not_shown', why: reply.kind, silent: true });
    },
  );

  it('is no silence when Bootpay does not know the receipt', async () => {
    const { deps } = asking({ mine: refused('RC_NOT_FOUND') });
    expect(await ask(deps, mine)).toEqual({ kind: 'not_shown', why: 'RC_NOT_FOUND', silent: false });
  });

  it('asks nobody while the rate limiter is shut', async () => {
    const { deps, asked } = asking({}, { rateLimiter: { acquire: async () => null } });
    expect(await ask(deps, mine)).toEqual({ kind: 'not_shown', why: 'gate_shut', silent: true });
    expect(asked).toEqual([]);
  });

  it('ends when it is stopped, whatever it was at', async () => {
    const stopped = AbortSignal.abort();
    expect(await ask(asking({}, { rateLimiter: { acquire: async () => null } }).deps, mine, stopped)).toEqual(
      {
        kind: 'stopped',
      },
    );
    const stopping = new AbortController();
    const lookUp = async () => {
      stopping.abort();
      return noAnswer;
    };
    expect(await ask(asking({}, { gateway: { lookUp } }).deps, mine, stopping.signal)).toEqual({
      kind: 'stopped',
    });
  });
});

describe('an unauthorized look-up', () => {
  it('is about the receipt when the last answered one still answers', async () => {
    for (const reply of [shown, refused('RC_NOT_FOUND')]) {
      const { deps, asked } = asking({ mine: unauthorized, known: reply });
      expect(await ask(deps, mine)).toEqual({ kind: 'not_shown', why: 'unauthorized', silent: false });
      expect(asked).toEqual([mine, known]);
    }
  });

  it('is about the credentials when that one is unauthorized too, or when none ever answered', async () => {
    const { deps } = asking({ mine: unauthorized, known: unauthorized });
    expect(await ask(deps, mine)).toEqual({ kind: 'credentials_refused' });
    const never = { ledger: { lastAnsweredReceipt: async () => null } };
    expect(await ask(asking({ mine: unauthorized }, never).deps, mine)).toEqual({
      kind: 'credentials_refused',
    });
  });

  it('says nothing of either while nobody answers', async () => {
    const { deps } = asking({ mine: unauthorized, known: noAnswer });
    expect(await ask(deps, mine)).toEqual({ kind: 'not_shown', why: 'unauthorized', silent: true });
  });
});
