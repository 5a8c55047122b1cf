// `list`: refunds, newest first, by state, receipt, order and age.
import { wholeNumber } from '../../config/limits.ts';
import { defineCommand } from '../command.ts';
import { momentOf, orderId, receiptId, since, state } from '../limits.ts';
import { flag, json, optional } from '../options.ts';
import { readPages } from '../pages.ts';
import { withSystem } from '../settings.ts';

export const limit = optional(
  '--limit <count>',
  { en: 'At most so many; 100 when absent.', ko: '최대 건수. 생략하면 100.' },
  wholeNumber(1, 1_000_000),
);

const wide = flag('--wide', { en: 'Ids in full length.', ko: 'ID를 줄이지 않고 보여줘요.' });

export const list = defineCommand({
  name: 'list',
  description: { en: 'List refunds, newest first.', ko: '환불 목록을 최신순으로 보여줘요.' },
  options: {
    state: optional('--state <state>', { en: 'Only those in this state.', ko: '이 상태인 건만.' }, state),
    receiptId: optional(
      '--receipt-id <id>',
      { en: 'Only on this receipt.', ko: '이 결제의 건만.' },
      receiptId,
    ),
    orderId: optional('--order-id <id>', { en: 'Only of this order.', ko: '이 주문의 건만.' }, orderId),
    since: optional(
      '--since <time>',
      { en: 'Accepted since then: a time, a day, or 2h.', ko: '그 이후 접수된 건만: 시각, 날짜 또는 2h.' },
      since,
    ),
    limit,
    wide,
    json,
  },
  examples: ['list --state dead_lettered', 'list --since 2h --json'],
  async run(io, input) {
    const { printRefunds } = await import('../print/list.ts');
    const { listedViews } = await import('../../review/read-record.ts');
    return withSystem(io, async (system) => {
      const at = momentOf(input.since, system.clock.now());
      const { state, receiptId, orderId, limit: most = 100 } = input;
      const query = { state, receiptId, orderId, since: at };
      const refunds = await readPages(most, async (page) => {
        const { all: read, nextCursor } = await system.ledger.list({ ...query, ...page });
        return { read, nextCursor };
      });
      await printRefunds(io, refunds, { ...input, views: await listedViews(system, refunds) });
      return 0;
    });
  },
});
