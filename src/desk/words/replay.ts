// The words of the page that tries a refund again.
import { assertNever } from '../../domain/errors.ts';
import type { Text } from '../../domain/problem.ts';
import { caseRules, type Refund } from '../../domain/refund.ts';
import type { Receipt } from '../../domain/reply.ts';
import { won } from '../../policies/amounts.ts';
import { wordsFor } from '../../policies/case-advice.ts';
import { bootpayNames } from '../../policies/method-policies.ts';
import type { Preview } from '../../policies/preview.ts';
import type { Refusal } from '../../policies/replay-rules.ts';
import { refusalText } from '../../review/case-text.ts';

export const replayPage = {
  name: { ko: '다시 시도', en: 'Try again' },
  title: (order: string): Text => ({ ko: `${order}, 이렇게 보내요`, en: `${order}, this is what is sent` }),
  titleLanded: (order: string): Text => ({
    ko: `${order}, 보낼 돈이 없어요`,
    en: `${order}: there is nothing to send`,
  }),
  what: { ko: '무엇을 돌려줄까요', en: 'What goes back?' },
  asAsked: ({ ko, en }: Text): Text => ({ ko: `처음 요청한 ${ko}`, en: `${en}, as first asked` }),
  asAskedFull: ({ ko, en }: Text): Text => ({
    ko: `처음 요청대로 남은 돈 모두${ko}`,
    en: `All that is left, as first asked${en}`,
  }),
  amount: { ko: '금액을 고쳐서', en: 'Another amount' },
  amountLabel: { ko: '돌려줄 금액', en: 'Amount to return' },
  most: ({ ko, en }: Text): Text => ({ ko: `최대 ${ko}`, en: `at most ${en}` }),
  full: (left: Text): Text => ({ ko: `남은 돈 모두${left.ko}`, en: `All that is left${left.en}` }),
  taxFree: { ko: '그중 면세 금액', en: 'Of which tax-free' },
  taxFreeHint: { ko: '금액을 고치면 면세 금액도 맞춰 주세요', en: 'give the share of the new amount' },
  taxFreeMore: { ko: '면세 상품이 있나요?', en: 'Is some of it tax-free?' },
  message: { ko: '부트페이에 남길 사유', en: 'The reason that Bootpay is told' },
  messageMore: { ko: '부트페이에 남길 사유 고치기', en: 'Change the reason that Bootpay is told' },
  messageHint: { ko: '비워 두면 처음 사유 그대로예요', en: 'empty: as it was' },
  cancelId: { ko: '취소 번호', en: 'Cancel number' },
  sameId: { ko: '그대로', en: 'The same' },
  sameIdHint: {
    ko: '부트페이가 이미 쓴 번호를 거절해, 두 번 나가는 것을 막아 줘요',
    en: 'Bootpay refuses a number used before, which guards against paying twice',
  },
  burntIdHint: {
    ko: '부트페이가 “이미 쓴 번호”라고 답한 번호라, 그대로 보내면 아무것도 지급되지 않고 또 멈춰요',
    en: 'Bootpay says that it was used before: with it nothing is paid, and it stops again',
  },
  newId: { ko: '새 번호', en: 'A new one' },
  newIdHint: {
    ko: '부트페이가 새로운 취소로 받아요. 앞 요청으로 돈이 나갔다면 두 번 나가요',
    en: 'Bootpay takes it for a new cancel: if the one before paid, it pays twice',
  },
  account: { ko: '환불 계좌', en: 'Refund account' },
  keepAccount: { ko: '받아 둔 계좌 그대로 (암호화해 보관 중)', en: 'The account that is kept, encrypted' },
  noAccount: { ko: '계좌 없이', en: 'Without an account' },
  newAccount: { ko: '환불 계좌 넣기', en: 'Another account' },
  onlyNewAccount: {
    ko: '고객에게 받은 계좌를 적어 주세요. 틀린 계좌로도 돈이 나가니 한 글자씩 확인해 주세요.',
    en: 'Type the account that the customer gave. A wrong one is paid all the same: check every digit.',
  },
  bank: { ko: '은행', en: 'Bank' },
  chooseBank: { ko: '은행을 골라 주세요', en: 'Choose the bank' },
  number: { ko: '계좌번호', en: 'Account number' },
  numberAgain: { ko: '계좌번호 한 번 더', en: 'The number once more' },
  holder: { ko: '예금주', en: 'Holder' },
  accountAfter: {
    ko: '보낸 뒤에는 계좌가 어디에도 보이지 않고, 환불이 끝나면 지워져요.',
    en: 'Afterwards it is shown nowhere, and it is erased when the refund ends.',
  },
  send: { ko: '환불 보내기', en: 'Send the refund' },
  preview: { ko: '미리 보기', en: 'Preview' },
  landed: {
    ko: '다시 시도해도 아무것도 보내지 않아요. “이미 환불됐어요”로 종결해 주세요.',
    en: 'If it is tried again, nothing is sent. Close it as “refunded already”.',
  },
  sent: { ko: '부트페이에 보내질 내용', en: 'What Bootpay is sent' },
  unfinished: {
    ko: '빈 곳을 채우면 보낼 내용이 여기에 보여요.',
    en: 'Fill in the form, and what is sent is shown here.',
  },
  before: { ko: '보내기 전에 하는 일', en: 'Before it is sent' },
  money: { ko: '금액', en: 'Amount' },
  unchanged: { ko: '(그대로)', en: '(the same)' },
  isNew: { ko: '(새 번호)', en: '(new)' },
  kept: { ko: '받아 둔 계좌', en: 'the account that is kept' },
} as const;

export const beforeSending: readonly Text[] = [
  { ko: '결제를 다시 조회해요.', en: 'Bootpay is asked again.' },
  {
    ko: '이 환불이 이미 나갔으면 아무것도 보내지 않고 완료해요.',
    en: 'If this refund went back already, nothing is sent and it is done.',
  },
  {
    ko: '남은 돈이 달라졌거나 금액이 맞지 않으면 보내지 않고 멈춰서 알려요.',
    en: 'If what is left has changed or the amounts do not fit, it stops and says so.',
  },
];

/** Beside a choice that cannot be made, in a few words. */
export function shortRefusal(refusal: Refusal): Text {
  switch (refusal.rule) {
    case 'over_remaining': {
      const { ko, en } = won(refusal.remainingWon);
      return { ko: `남은 돈 ${ko}보다 많아 보낼 수 없어요`, en: `more than the ${en} that are left` };
    }
    case 'growth':
      return {
        ko: '첫 시도 뒤에 나간 돈이 보여서, 새 번호로 보내면 두 번 나갈 수 있어요',
        en: 'money went back since the first try, and a new number could send it again',
      };
    case 'new_generation':
      return {
        ko: '부트페이가 지금 번호의 요청을 분명히 거절한 뒤에만 쓸 수 있어요',
        en: 'only after Bootpay clearly refused the present number',
      };
    default:
      return refusalText(refusal);
  }
}

/** Why the worker would not send it, as things were shown last. `rule`: of the case that would come of it. */
export function notSentText(rule: string | null, shown: Receipt | null): Text {
  if (rule === 'over_remaining' && shown !== null) {
    return shortRefusal({ rule, field: 'cancel_price', remainingWon: shown.priceWon - shown.cancelledWon });
  }
  const known = caseRules.find((name) => name === rule) ?? null;
  const names: Readonly<Record<string, string>> = bootpayNames;
  return wordsFor({
    case: 'policy_refused',
    code: names[rule ?? ''] ?? null,
    rule: known,
    pgCode: null,
    pg: shown?.pg ?? null,
    status: shown?.status ?? null,
  }).why;
}

/** What would come of it, as things were shown last; null: it would be sent, or nothing is known. */
export function previewWarning({ result, rule }: Preview, shown: Receipt | null): Text | null {
  switch (result) {
    case 'would_send':
    case 'not_asked':
      return null;
    case 'already_refunded':
      return {
        ko: '마지막 조회로는 이미 환불됐어요. 아무것도 보내지 않고 완료돼요.',
        en: 'As it was shown last, the money went back already: nothing will be sent, and it is done.',
      };
    case 'would_be_refused': {
      const { ko, en } = notSentText(rule, shown);
      return {
        ko: `이대로 하면 보내지 않고 다시 멈춰요: ${ko}.`,
        en: `As it is, nothing will be sent and it stops again: ${en}.`,
      };
    }
    case 'needs_person':
      return {
        ko: '마지막 조회로는 금액이 맞지 않아 보내지 않고 다시 멈춰요.',
        en: 'As it was shown last, the amounts do not fit: nothing will be sent and it stops again.',
      };
    default:
      return assertNever(result);
  }
}

/** Rules of Bootpay that it may be asked to pass over. */
export type Passable = 'window_closed' | 'method_cannot_partial';

/** What exactly a person says who sends it all the same. */
export function confirmText({ deadLetter, lastLookUp }: Refund, passable: Passable | null): Text {
  if (deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST') {
    const cancelledWon = lastLookUp?.receipt.cancelledWon ?? null;
    if (cancelledWon === 0) return nothingCancelled;
    const total = cancelledWon === null ? null : won(cancelledWon);
    return {
      ko: `확인했어요: 지금까지 취소된 돈${total === null ? '' : ` ${total.ko}`}에 이 환불은 들어 있지 않아요.`,
      en: `I checked: this refund is not among what was cancelled so far${total === null ? '' : ` (${total.en})`}.`,
    };
  }
  switch (deadLetter?.case) {
    case 'drift':
      return {
        ko: '확인했어요: 부트페이나 PG에 물어봤고, 돌려준 돈이 되돌아와 고객이 받지 못했어요.',
        en: 'I checked with Bootpay or the PG: the money came back, and the customer does not have it.',
      };
    case 'integrity_mismatch':
      return {
        ko: '확인했어요: 같은 결제의 환불을 모두 맞춰 봤고, 이 환불의 돈은 아직 나가지 않았어요.',
        en: 'I checked all refunds of this payment: the money of this one has not gone back.',
      };
    case 'poison':
      return {
        ko: '확인했어요: 부트페이 관리자에서 이 결제를 봤고, 이 환불의 돈은 아직 나가지 않았어요.',
        en: 'I checked this payment in the Bootpay admin: the money of this refund has not gone back.',
      };
    default:
      return passable === null ? asked : passed[passable];
  }
}

const nothingCancelled: Text = {
  ko: '확인했어요: 이 결제에서 아직 취소된 돈이 없고, 앞선 요청으로도 나가지 않았어요.',
  en: 'I checked: nothing of this payment was cancelled so far, and the request before moved no money either.',
};

const asked: Text = {
  ko: '확인했어요: 부트페이나 PG에 물어봤고, 이 환불의 돈은 아직 나가지 않았어요.',
  en: 'I checked with Bootpay or the PG: the money of this refund has not gone back.',
};

const passed: Readonly<Record<Passable, Text>> = {
  window_closed: {
    ko: '확인했어요: 취소 기간이 지난 결제라 거절될 수 있지만, 그래도 부트페이에 요청해 볼게요.',
    en: 'I know that the cancel window has closed and that it may be refused; ask Bootpay all the same.',
  },
  method_cannot_partial: {
    ko: '확인했어요: 부분 취소가 안 되는 결제수단이라 거절될 수 있지만, 그래도 부트페이에 요청해 볼게요.',
    en: 'I know that this method cannot be cancelled in part and that it may be refused; ask Bootpay all the same.',
  },
};
