// The words of the page that closes a case.
import type { Text } from '../../domain/problem.ts';
import type { ResolveOutcome } from '../../domain/refund.ts';
import type { ReviewRefusal } from '../../review/ports.ts';

export const resolvePage = {
  name: { ko: '종결', en: 'Close' },
  title: (order: string): Text => ({ ko: `${order}, 이렇게 종결해요`, en: `${order}: how it is closed` }),
  how: { ko: '이 환불은 어떻게 됐나요', en: 'What became of this refund?' },
  amount: { ko: '직접 보낸 금액', en: 'What you sent' },
  amountForTwo: ({ ko, en }: Text): Text => ({
    ko: `${ko}을 넘게 보냈으면 다른 사람의 승인이 필요해요`,
    en: `more than ${en} takes another person's approval`,
  }),
  evidence: { ko: '근거', en: 'What proves it' },
  evidenceHint: { ko: '예: 국민은행 이체 1029', en: 'such as the number of the transfer' },
  close: { ko: '종결하기', en: 'Close it' },
  before: { ko: '종결하기 전에 하는 일', en: 'Before it is closed' },
  notThere: {
    ko: '우리 상점에 없는 결제라 조회할 수 없어요. 잘못 온 취소라면 “환불하지 않아요”로 종결해 주세요.',
    en: 'This shop has no such payment, so Bootpay cannot be asked. If the cancellation came by mistake, close it as “will not be refunded”.',
  },
  landed: {
    ko: '마지막 조회로는 이 환불이 이미 나갔어요. “이미 환불됐어요”로 종결해 주세요.',
    en: 'As Bootpay showed it last, this refund went back. Close it as “refunded already”.',
  },
  landedNot: {
    ko: '부트페이 조회로는 이미 환불되어 고를 수 없어요',
    en: 'not while Bootpay shows that it went back',
  },
} as const;

export const outcomeHints: Readonly<Record<ResolveOutcome, Text>> = {
  refunded_by_hand: {
    ko: '계좌 이체 등으로 우리가 보냈어요',
    en: 'we sent the money ourselves, by transfer',
  },
  already_refunded: { ko: '부트페이나 PG에서 이미 취소됐어요', en: 'it was cancelled at Bootpay or the PG' },
  not_to_be_refunded: {
    ko: '돌려줄 돈이 없거나, 잘못 온 취소예요',
    en: 'there is nothing to return, or it came by mistake',
  },
};

export const beforeClosing: readonly Text[] = [
  { ko: '결제를 다시 조회해요.', en: 'Bootpay is asked again.' },
  {
    ko: '조회로 이미 환불된 것이 보이는데 다르게 골랐으면, 종결하지 않고 알려요.',
    en: 'If it shows that the money went back and you chose otherwise, nothing is closed and you are told.',
  },
  {
    ko: '종결하면 되돌릴 수 없고, 이 환불로는 더 이상 돈을 보내지 않아요.',
    en: 'A closed case stays closed, and no more money is sent for it.',
  },
];

/** What exactly a person says who closes it all the same. */
export function confirmClosing(rule: ReviewRefusal['rule'] | 'unreadable' | 'not_there'): Text | null {
  switch (rule) {
    case 'landed':
      return {
        ko: '확인했어요: 부트페이에는 이미 환불된 것으로 보이지만, 그래도 고른 대로 종결할게요.',
        en: 'I know that Bootpay shows it as refunded; close it as chosen all the same.',
      };
    case 'no_look_up':
      return {
        ko: '확인했어요: 부트페이 관리자에서 이 결제를 직접 봤어요. 조회 없이 종결할게요.',
        en: 'I looked at this payment in the Bootpay admin myself; close it without a look-up.',
      };
    case 'not_there':
      return {
        ko: '확인했어요: 이 영수증 번호는 우리 상점의 결제가 아니에요. 조회 없이 종결할게요.',
        en: 'I checked: this receipt number is no payment of this shop; close it without a look-up.',
      };
    case 'stale_look_up':
      return {
        ko: '확인했어요: 부트페이와 PG에서 이 결제를 직접 봤어요. 조회가 예전보다 적게 보여도 종결할게요.',
        en: 'I checked this payment with Bootpay and the PG; close it although less is shown than before.',
      };
    case 'unreadable':
      return {
        ko: '확인했어요: 부트페이 관리자에서 이 결제를 직접 봤어요.',
        en: 'I looked at this payment in the Bootpay admin myself.',
      };
    default:
      return null;
  }
}
