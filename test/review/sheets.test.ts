// Sending the rows of a spreadsheet: what was refunded before, who may send a row and until when, and one send at a time.
import { describe, expect, test } from 'vitest';
import { cancellationEventSchema } from '../../src/domain/event.ts';
import type { ListPage, ListQuery } from '../../src/domain/ledger.ts';
import type { Person } from '../../src/domain/people.ts';
import { type Refund, refundSchema } from '../../src/domain/refund.ts';
import type { Sheet } from '../../src/domain/sheet.ts';
import { sheetSource } from '../../src/policies/sheet-rows.ts';
import { newRefund } from '../../src/producer/new-refund.ts';
import { createSheets } from '../../src/review/sheets.ts';
import { hour, minute, now as start } from '../policies/refunds.ts';

const clerk: Person = { name: '김운영', role: 'reviewer' };
const approver: Person = { name: '박승인', role: 'approver' };
const unreadableId = 'rf_abcdefghijklmnopqrstuvwxyz';

let events = 0;
function refund(change: Partial<Refund> & { readonly won?: number } = {}): Refund {
  const { won, ...others } = change;
  events += 1;
  const event = cancellationEventSchema.parse({
    ...{ event_id: `e-${events}`, order_id: 'a', receipt_id: 'r-1', source: sheetSource },
    ...(won !== undefined && { cancel_price: won }),
  });
  return refundSchema.parse({ ...newRefund(event, start, hour).refund, ...others });
}

function closedAs(outcome: 'refunded_by_hand' | 'not_to_be_refunded'): Partial<Refund> {
  const resolution = { outcome, evidence: null, reason: 'x', who: 'kim', at: start };
  return { state: 'resolved', nextWakeUpAt: null, resolution };
}

/** What stands in for Redis, the dry run and the producer. */
function desk(thresholdWon: number | null = null) {
  const kept = new Map<string, Sheet>();
  const claims = new Map<string, string>();
  const sent: unknown[] = [];
  const stored: Refund[] = [];
  const unreadable: string[] = [];
  const world = { now: start, beforeClaim: async () => {}, beforeSend: async () => {} };
  let ids = 0;
  const list = async ({ receiptId, limit, cursor = '0' }: ListQuery): Promise<ListPage> => {
    const from = Number(cursor);
    const items = stored.filter((one) => one.receiptId === receiptId).slice(from, from + limit);
    const nextCursor = items.length < limit ? null : String(from + limit);
    return { items, all: items, unreadable: from === 0 ? unreadable : [], nextCursor };
  };
  const deps: Parameters<typeof createSheets>[0] = {
    ledger: {
      list,
      keepSheet: async (sheet) => void kept.set(sheet.id, sheet),
      readSheet: async (id) => kept.get(id) ?? null,
      recordAction: async () => {},
      async claim(work, _ms, owner = '1') {
        await world.beforeClaim();
        if ((claims.get(work) ?? owner) !== owner) return false;
        claims.set(work, owner);
        return true;
      },
      release: async (work, owner) => void (claims.get(work) === (owner ?? '1') && claims.delete(work)),
    },
    previewer: () => async (event) => {
      const { cancel_price: amount = null } = cancellationEventSchema.parse(event);
      return { result: 'would_send', refund_id: null, rule: null, amount, problems: [] };
    },
    async enqueueMany(some) {
      await world.beforeSend();
      sent.push(...some);
      return some.map(() => ({ result: 'accepted', refund_id: null }));
    },
    now: () => world.now,
    newId() {
      ids += 1;
      return `id-${ids}`;
    },
    thresholdWon,
  };
  const sheets = createSheets(deps);
  return {
    ...{ sheets, sent, stored, unreadable, world, claims },
    async upload(...rows: string[]) {
      const text = ['영수증번호,주문번호,금액,구분', ...rows].join('\n');
      const judged = await sheets.upload({ bytes: Buffer.from(text), fileName: 'a.csv', who: clerk.name });
      if (judged.kind !== 'judged') throw new Error(judged.why.en);
      return judged.id;
    },
    verdicts: async (id: string) => (await sheets.read(id))?.rows.map(({ verdict }) => verdict),
  };
}

describe('a row whose payment was refunded before', () => {
  test('is found behind any number of refunds of the same payment', async () => {
    const { upload, verdicts, stored } = desk();
    stored.push(...Array.from({ length: 450 }, () => refund({ won: 1 })), refund({ won: 5_000 }));
    expect(await verdicts(await upload('r-1,a,5000,', 'r-1,a,6000,'))).toEqual(['refunded_before', 'right']);
  });

  test.each([
    ['one person', null, clerk],
    ['two people', 1_000, approver],
  ] as const)('is found at the send as well, of rows for %s', async (_, thresholdWon, sender) => {
    const { upload, verdicts, stored, sheets, sent } = desk(thresholdWon);
    const id = await upload('r-1,a,5000,');
    stored.push(refund({ won: 5_000, source: 'orders' }));
    expect(await sheets.send(id, sender)).toBe('nothing');
    expect([sent, await verdicts(id)]).toEqual([[], ['refunded_before']]);
  });

  test('is taken for one where a refund of it cannot be read', async () => {
    const { upload, verdicts, sheets, unreadable } = desk();
    unreadable.push(unreadableId);
    const id = await upload('r-1,a,5000,', 'r-1,a,6000,second');
    expect(await verdicts(id)).toEqual(['refunded_before', 'right']);
    expect((await sheets.read(id))?.rows[0]).toMatchObject({
      refundId: unreadableId,
      problems: [{ column: null, text: { ko: expect.stringContaining('읽을 수 없는 환불') } }],
    });
  });
});

describe('above the threshold', () => {
  test('a second file counts with what the first one sent', async () => {
    const { upload, verdicts, stored } = desk(1_000_000);
    stored.push(refund({ won: 600_000 }));
    expect(await verdicts(await upload('r-1,a,400000,2', 'r-2,b,400001,2'))).toEqual(['right', 'right']);
    expect(await verdicts(await upload('r-1,a,400001,2'))).toEqual(['two_people']);
  });

  test.each([
    ['of another source', 'right', { won: 600_000, source: 'orders' }],
    ['that are not to be refunded', 'right', { won: 600_000, ...closedAs('not_to_be_refunded') }],
    [
      'that went back after all',
      'two_people',
      { won: 600_000, ...closedAs('not_to_be_refunded'), settledWon: 600_000 },
    ],
    ['sent by hand', 'two_people', { won: 600_000, ...closedAs('refunded_by_hand') }],
    ['in full', 'two_people', { settledWon: 600_000 }],
    ['of an unknown amount', 'two_people', {}],
  ] as const)('refunds %s make it %s', async (_, verdict, change) => {
    const { upload, verdicts, stored } = desk(1_000_000);
    stored.push(refund(change));
    expect(await verdicts(await upload('r-1,a,500000,2'))).toEqual([verdict]);
  });

  test('a refund that cannot be read may be too much for one', async () => {
    const { upload, verdicts, unreadable } = desk(1_000_000);
    unreadable.push(unreadableId);
    expect(await verdicts(await upload('r-1,a,5000,2'))).toEqual(['two_people']);
  });

  test('is asked again when it is sent', async () => {
    const { upload, verdicts, stored, sheets, sent } = desk(1_000_000);
    const id = await upload('r-1,a,600000,1');
    expect(await verdicts(id)).toEqual(['right']);
    stored.push(refund({ won: 600_000 }));
    expect(await sheets.send(id, clerk)).toBe('nothing');
    expect([sent, await verdicts(id)]).toEqual([[], ['two_people']]);
    expect(await sheets.send(id, approver)).toBe('sent');
    expect(sent).toHaveLength(1);
  });
});

test('rows are sent within a day of judging, whoever sends them', async () => {
  const { upload, sheets, sent, world } = desk(1_000_000);
  const id = await upload('r-1,a,5000,', 'r-2,b,2000000,');
  expect(await sheets.send(id, clerk)).toBe('sent');
  const late = await upload('r-3,c,5000,');
  world.now = start + 24 * hour;
  expect(await sheets.send(id, approver)).toBe('nothing');
  expect(await sheets.send(late, clerk)).toBe('nothing');
  world.now -= minute;
  expect(await sheets.send(id, approver)).toBe('sent');
  expect(sent).toHaveLength(2);
});

describe('one send at a time', () => {
  test('goes by what the sheet is once it has the claim', async () => {
    const { upload, sheets, sent, world } = desk();
    const id = await upload('r-1,a,5000,');
    let other = true;
    world.beforeClaim = async () => {
      if (!other) return;
      other = false;
      await sheets.send(id, clerk);
    };
    expect(await sheets.send(id, clerk)).toBe('nothing');
    expect(sent).toHaveLength(1);
  });

  test('holds the next one off, of another file as well', async () => {
    const { upload, sheets, sent, world, claims } = desk();
    const [id, second] = [await upload('r-1,a,5000,'), await upload('r-2,a,5000,')];
    const seen: string[] = [];
    world.beforeSend = async () => {
      world.beforeSend = async () => {};
      seen.push(await sheets.send(second, clerk), await sheets.send(id, clerk));
    };
    expect(await sheets.send(id, clerk)).toBe('sent');
    expect([seen, sent.length, claims.size]).toEqual([['busy', 'busy'], 1, 0]);
  });

  test('that lost its claim ends nobody else’s, and writes nothing over theirs', async () => {
    const { upload, sheets, world, claims } = desk();
    const id = await upload('r-1,a,5000,');
    world.beforeSend = async () => {
      for (const work of claims.keys()) claims.set(work, 'another');
    };
    expect(await sheets.send(id, clerk)).toBe('busy');
    expect([...claims.values()]).toEqual(['another']);
    expect((await sheets.read(id))?.sent).toBeNull();
  });

  test('of many rows goes on only while it has the claim', async () => {
    const { upload, sheets, sent, world, claims } = desk();
    const id = await upload(...Array.from({ length: 250 }, (_, row) => `r-${row},a,5000,`));
    world.beforeSend = async () => {
      if (sent.length === 100) claims.clear();
      if (sent.length === 100) claims.set('sheet-send', 'another');
    };
    expect(await sheets.send(id, clerk)).toBe('busy');
    expect(sent).toHaveLength(200);
  });
});
