// `reconcile`: does Bootpay's total bear out what our ledger settled, receipt by receipt? Finds; never cancels anything.
import { z } from 'zod';
import { type Config, requireCredentials } from '../../config/config.ts';
import type { Limits } from '../../config/limits.ts';
import { InvariantError } from '../../domain/errors.ts';
import type { Reconciled } from '../../reconcile/reconcile.ts';
import { defineCommand } from '../command.ts';
import type { Io } from '../io.ts';
import { momentOf, since } from '../limits.ts';
import { optional } from '../options.ts';
import { tableText } from '../print/table.ts';
import { wonText } from '../print/words.ts';
import { readConfigWithRedis, withSystem } from '../settings.ts';
import { json } from '../shared-options.ts';

const share: Limits<number> = {
  schema: z
    .string()
    .regex(/^(0?\.\d+|1(\.0+)?)$/)
    .transform(Number)
    .pipe(z.number().positive().max(1)),
  expected: { en: 'a share above 0 and at most 1, such as 0.1', ko: '0보다 크고 1 이하인 비율 (예: 0.1)' },
};

const said: Readonly<Record<Reconciled['verdict'], { en: string; ko: string }>> = {
  agrees: { en: 'agrees', ko: '일치' },
  outside: { en: 'more went back, outside of us', ko: '외부 취소가 있음' },
  below: { en: 'shows less: look again after the settle window', ko: '적게 보임, 확정 시간 뒤 다시 확인' },
  busy: { en: 'a refund is under way', ko: '환불 진행 중' },
  drift: { en: 'less than we settled: now a dead letter', ko: '정산액보다 적음, 사람 확인으로 넘김' },
  no_look_up: { en: 'Bootpay gave no answer', ko: '조회 실패' },
};

export const reconcile = defineCommand({
  name: 'reconcile',
  says: {
    en: 'Compare what we settled with what Bootpay shows.',
    ko: '우리 원장과 부트페이의 취소 금액을 비교해요.',
  },
  options: {
    since: optional(
      '--since <time>',
      {
        en: 'Refunds accepted since then: a time, a day, or 2d.',
        ko: '그 이후 접수된 건: 시각, 날짜 또는 2d.',
      },
      since,
    ),
    sample: optional(
      '--sample <share>',
      { en: 'Only this share of the receipts, by chance.', ko: '무작위로 이 비율의 결제만.' },
      share,
    ),
    json,
  },
  examples: ['reconcile --since 7d', 'reconcile --since 30d --sample 0.1 --json'],
  async run(io, input) {
    const config = await readConfigWithRedis(io);
    return withSystem(io, withCredentials(config), async (system) => {
      const results = system.reconcile({
        since: momentOf(input.since, system.clock.now()),
        sample: input.sample,
      });
      if (results === null) throw new InvariantError('credentials were checked and are gone');
      const counts = new Map<Reconciled['verdict'], number>();
      const found: Reconciled[] = [];
      for await (const result of results) {
        counts.set(result.verdict, (counts.get(result.verdict) ?? 0) + 1);
        if (result.verdict !== 'agrees') found.push(result);
        if (input.json) await io.out(JSON.stringify(viewOf(result)));
        tellProgress(io, counts);
      }
      if (!input.json) await report(io, counts, found);
      return (counts.get('drift') ?? 0) > 0 ? 1 : 0;
    });
  },
});

function tellProgress(io: Io, counts: ReadonlyMap<string, number>): void {
  const looked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (looked % 100 === 0) io.note(`${looked} receipts compared (${looked}건 비교)`);
}

async function report(
  io: Io,
  counts: ReadonlyMap<Reconciled['verdict'], number>,
  found: readonly Reconciled[],
): Promise<void> {
  if (counts.size === 0) return io.note('Nothing to compare. 비교할 환불이 없어요.');
  const verdicts = [...counts].map(([verdict, count]) => [said[verdict].en, said[verdict].ko, String(count)]);
  const right = { align: 'right' as const };
  await io.out(
    tableText(io, [{ title: 'verdict' }, { title: '결과' }, { title: 'receipts', ...right }], verdicts),
  );
  if (found.length === 0) return;
  const columns = [
    { title: 'receipt' },
    { title: 'we settled', ...right },
    { title: 'Bootpay shows', ...right },
    { title: 'verdict' },
    { title: 'case' },
  ];
  const rows = found.map(({ receiptId, settledWon, cancelledWon, verdict, refundId }) => [
    receiptId,
    wonText(settledWon),
    cancelledWon === null ? '-' : wonText(cancelledWon),
    said[verdict].en,
    refundId ?? '-',
  ]);
  await io.out(tableText(io, columns, rows));
}

function viewOf({ receiptId, verdict, settledWon, cancelledWon, refundId }: Reconciled) {
  return {
    receipt_id: receiptId,
    verdict,
    settled: settledWon,
    cancelled_price: cancelledWon,
    refund_id: refundId,
  };
}

function withCredentials(config: Config): Config {
  requireCredentials(config);
  return config;
}
