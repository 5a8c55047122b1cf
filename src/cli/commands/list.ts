// `list`: refunds, newest first, by state, receipt, order and age.
import type { System } from '../../compose.ts';
import { wholeNumber } from '../../config/limits.ts';
import type { ListItem, ListQuery } from '../../domain/ledger.ts';
import { defineCommand } from '../command.ts';
import { momentOf, orderId, receiptId, since, state } from '../limits.ts';
import { flag, json, optional } from '../options.ts';
import { withSystem } from '../settings.ts';

export const limit = optional(
  '--limit <count>',
  { en: 'At most so many; 100 when absent.', ko: '최대 건수. 생략하면 100.' },
  wholeNumber(1, 1_000_000),
);

export const wide = flag('--wide', { en: 'Ids in full length.', ko: 'ID를 줄이지 않고 보여줘요.' });

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
      const refunds = await readRefunds(system, { state, receiptId, orderId, since: at, limit: most });
      await printRefunds(io, refunds, { ...input, views: await listedViews(system, refunds) });
      return 0;
    });
  },
});

const pageSize = 500;

async function readRefunds({ ledger }: System, query: ListQuery): Promise<ListItem[]> {
  const refunds: ListItem[] = [];
  let cursor: string | undefined;
  do {
    const limitOfPage = Math.min(query.limit - refunds.length, pageSize);
    const page = await ledger.list({ ...query, limit: limitOfPage, cursor });
    refunds.push(...page.all);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && refunds.length < query.limit);
  return refunds;
}
