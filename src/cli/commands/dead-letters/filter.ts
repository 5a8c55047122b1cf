// The filter that `list` and `replay-many` share.
import type { BulkFilter } from '../../../review/ports.ts';
import { code, deadLetterCase, duration, orderId } from '../../limits.ts';
import { optional, type ValuesOf } from '../../options.ts';

export const filterOptions = {
  case: optional('--case <case>', { en: 'Only this kind of case.', ko: '이 종류만.' }, deadLetterCase),
  code: optional('--code <code>', { en: 'Only with this Bootpay code.', ko: '이 부트페이 코드만.' }, code),
  orderId: optional('--order-id <id>', { en: 'Only of this order.', ko: '이 주문의 건만.' }, orderId),
  olderThan: optional(
    '--older-than <time>',
    { en: 'Only cases that have waited at least so long, such as 30m.', ko: '이만큼 기다린 건만 (예: 30m).' },
    duration,
  ),
};

export function filterOf(input: ValuesOf<typeof filterOptions>): BulkFilter {
  return { case: input.case, code: input.code, orderId: input.orderId, olderThanMs: input.olderThan };
}
