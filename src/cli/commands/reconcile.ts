// `reconcile`: compares what our ledger settled with Bootpay's total, receipt by receipt. Never cancels anything.
import { defineCommand } from '../command.ts';
import { share, since } from '../limits.ts';
import { json, optional } from '../options.ts';

export const reconcile = defineCommand({
  name: 'reconcile',
  description: {
    en: 'Compare what we settled with what Bootpay shows. Cancels nothing.',
    ko: '우리 원장과 부트페이의 취소 금액을 비교해요. 취소는 하지 않아요.',
  },
  options: {
    since: optional(
      '--since <time>',
      {
        en: 'Only receipts with a refund accepted since then: a time, a day, or 2d.',
        ko: '그 이후 접수된 환불이 있는 결제만: 시각, 날짜 또는 2d.',
      },
      since,
    ),
    sample: optional(
      '--sample <share>',
      {
        en: 'Only this share of the receipts, drawn anew in each run.',
        ko: '무작위로 이 비율의 결제만. 실행할 때마다 다시 뽑아요.',
      },
      share,
    ),
    json,
  },
  examples: ['reconcile --since 7d', 'reconcile --since 30d --sample 0.1 --json'],
  notes: [
    {
      en: 'Less than we settled makes a dead letter (drift) only when seen twice, a settle window apart: run it regularly, such as every night with --since 7d. A sample hardly meets a receipt twice.',
      ko: '완료액보다 적게 보이면 확정 대기 시간을 두고 두 번 확인됐을 때만 데드 레터(drift)가 돼요. 매일 밤 --since 7d처럼 정기적으로 실행해 주세요. --sample은 같은 결제를 다시 볼 일이 드물어요.',
    },
    {
      en: 'It works in the background: one look-up at a time, each through the same rate limiter as refunds, with no precedence over them. A refund may wait a turn for it (0.1 s at 10 calls per second).',
      ko: '환불과 같은 호출 한도를 쓰지만 한 번에 한 건만 조회하고 환불보다 우선하지 않아요. 환불은 길어야 한 차례(초당 10회면 0.1초)쯤 기다려요.',
    },
    {
      en: 'Exit codes: 0 all agree (or a refund is under way); 1 somebody has to look: drift, below, outside, unpaid_landed, went_down, reversed, no_look_up, unreadable, or it gave up; 2 wrong usage; 130 stopped by Ctrl-C.',
      ko: '종료 코드: 0 모두 일치(진행 중인 건 포함), 1 사람이 확인할 것이 있거나 도중에 포기함, 2 잘못된 사용법이나 설정, 130 Ctrl-C로 중단.',
    },
  ],
  async run(io, input) {
    const { runReconcile } = await import('../run-reconcile.ts');
    return runReconcile(io, input);
  },
});
