// What the board calls queues and jobs: words for people, in both languages, instead of names of the code.
import { type DeadLetterCase, deadLetterCases } from '../domain/refund.ts';

export const boardTitle = 'Refunds 환불';

export const queueTitles = {
  refunds: {
    displayName: 'Refunds under way 처리 중인 환불',
    description: 'One job for each refund that is not ended. 끝나지 않은 환불마다 작업이 하나 있어요.',
  },
  deadLetters: {
    displayName: 'Waiting for a person 사람이 확인할 건',
    description:
      'One job for each dead letter, until it is tried again or closed; no worker takes them. 다시 시도하거나 종결할 때까지 남아 있고, 작업자가 가져가지 않아요.',
  },
} as const;

const caseTitles: Readonly<Record<DeadLetterCase, string>> = {
  bootpay_refused: 'Refused by Bootpay 부트페이 거절',
  retries_exhausted: 'Refused too often 재시도 한도 초과',
  outcome_unknown: 'Outcome unknown 결과를 알 수 없음',
  policy_refused: 'Not sent: cannot succeed 보내지 않음, 성공할 수 없음',
  integrity_mismatch: 'Amounts do not fit 금액 불일치',
  deadline_passed: 'Deadline passed 기한 경과',
  poison: 'Cannot be processed 처리할 수 없음',
  drift: 'Bootpay shows another total 부트페이 금액과 다름',
};

/** A job is named `refund`, or after its case. */
export function jobTitle(name: string): string {
  const known = deadLetterCases.find((one) => one === name);
  if (known !== undefined) return caseTitles[known];
  return name === 'refund' ? 'Refund 환불' : name;
}
