// The words for acts that wait for a second person.
import { type Approval, type ConfirmableRule, confirmableRules } from '../../domain/approval.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { outcomeWords } from '../../policies/state-words.ts';
import { refusalText } from '../../review/case-text.ts';
import type { ReviewRefusal } from '../../review/ports.ts';
import { viaText } from './log.ts';
import { join } from './say.ts';
import { momentText } from './time.ts';

export const approvals = {
  lead: {
    ko: '두 사람이 결정하는 금액이에요. 승인하면 요청한 그대로 한 번 처리돼요.',
    en: 'Two people decide about amounts this large. Once approved, it is done once, exactly as asked.',
  },
  none: { ko: '승인을 기다리는 요청이 없어요', en: 'Nothing is waiting for approval' },
  earlier: { ko: '더 이상 승인할 수 없는 요청', en: 'Requests that cannot be approved any more' },
  what: { ko: '무엇을', en: 'What' },
  amount: { ko: '금액', en: 'Amount' },
  unknown: { ko: '알 수 없음', en: 'not known' },
  who: { ko: '누가', en: 'Who' },
  why: { ko: '왜', en: 'Why' },
  changes: { ko: '달라지는 것', en: 'What changes' },
  evidence: { ko: '근거', en: 'Evidence' },
  confirmed: { ko: '요청한 사람이 확인한 것', en: 'What the asker confirmed' },
  notConfirmed: {
    ko: '요청한 사람이 확인하지 않은 내용이라 승인만으로는 처리할 수 없어요. 잠시 뒤에 다시 승인하거나, 돌려보내고 건을 다시 보게 해 주세요.',
    en: 'The asker did not confirm this, so an approval alone is not enough. Approve it again a little later, or send it back so that the case is looked at again.',
  },
  until: { ko: '언제까지', en: 'Until' },
  approve: { ko: '승인', en: 'Approve' },
  sendBack: { ko: '돌려보내기', en: 'Send back' },
  reason: { ko: '돌려보내는 이유', en: 'Why it is sent back' },
  reasonWrong: { ko: '돌려보내는 이유를 적어 주세요.', en: 'Please say why it is sent back.' },
  waits: { ko: '승인을 기다리고 있어요', en: 'It waits for an approval' },
  toApprovals: { ko: '승인 화면으로', en: 'To the approvals' },
  over: { ko: '하루가 지나 끝났어요.', en: 'It expired after a day.' },
  needsTwo: {
    ko: '다른 사람의 승인이 필요한 금액이에요. 누르면 바로 처리하지 않고 승인을 요청해요.',
    en: 'This amount needs a second person: the button only asks for approval, and nothing is done yet.',
  },
  ask: { ko: '승인 요청하기', en: 'Ask for approval' },
} as const satisfies Record<string, Text>;

export function approvalsTitle(open: number): Text {
  if (open === 0) return approvals.none;
  return {
    ko: `승인을 기다리는 요청 ${open}건`,
    en: open === 1 ? 'One act waits for an approval' : `${open} acts wait for an approval`,
  };
}

export function whatText({ asked }: Pick<Approval, 'asked'>): Text {
  if (asked.act === 'replay') return { ko: '다시 시도', en: 'Try again' };
  const { ko, en } = outcomeWords[asked.outcome];
  return { ko: `종결: ${ko}`, en: `Close: ${en}` };
}

export function amountText(amountWon: number | null): Text {
  return amountWon === null ? approvals.unknown : won(amountWon);
}

/** 전 → 후, one a line; what stays is not said. */
export function changesOf({ asked, caseWon, amountWon }: Approval): Text[] {
  if (asked.act === 'resolve') {
    const { amountWon: sent } = asked;
    return sent === undefined
      ? []
      : [{ ko: `직접 보낸 금액 ${won(sent).ko}`, en: `sent by hand: ${won(sent).en}` }];
  }
  const { edits, newGeneration, newAccount } = asked;
  const [before, after] = [amountText(caseWon), amountText(amountWon)];
  return [
    ...(caseWon === amountWon
      ? []
      : [{ ko: `금액 ${before.ko} → ${after.ko}`, en: `amount ${before.en} → ${after.en}` }]),
    ...(edits.full === true ? [{ ko: '남은 돈 모두', en: 'all that is left' }] : []),
    ...(edits.taxFreeWon === undefined
      ? []
      : [{ ko: `그중 면세 ${won(edits.taxFreeWon).ko}`, en: `tax-free ${won(edits.taxFreeWon).en}` }]),
    ...(newAccount ? [{ ko: '환불 계좌를 새로 넣음', en: 'another refund account' }] : []),
    ...(edits.message === undefined
      ? []
      : [{ ko: `사유 문구: ${edits.message}`, en: `message: ${edits.message}` }]),
    ...(newGeneration ? [{ ko: '새 취소 번호로', en: 'with a new cancel number' }] : []),
  ];
}

const confirmedTexts: Readonly<Record<ConfirmableRule, Text>> = {
  no_look_up: {
    ko: '부트페이 관리자에서 직접 봤고, 조회 없이 종결해요',
    en: 'looked at the payment in the Bootpay admin; to be closed without a look-up',
  },
  stale_look_up: {
    ko: '부트페이와 PG에서 직접 봤고, 조회가 예전보다 적게 보여도 종결해요',
    en: 'checked with Bootpay and the PG; to be closed although less is shown than before',
  },
  landed: {
    ko: '부트페이에는 이미 환불된 것으로 보이지만, 그래도 고른 대로 종결해요',
    en: 'knows that Bootpay shows it as refunded; to be closed as chosen all the same',
  },
  unreadable: {
    ko: '기록을 읽을 수 없어 부트페이 관리자에서 직접 봤어요',
    en: 'looked at the payment in the Bootpay admin, because the record cannot be read',
  },
  acknowledge: {
    ko: '결과가 확실하지 않은 건이라 직접 확인했어요',
    en: 'checked it, because the outcome is not certain',
  },
  new_generation: {
    ko: '앞 번호로 돈이 나가지 않은 것을 확인했어요',
    en: 'checked that no money went back under the earlier number',
  },
};

/** One a line; empty: nothing had to be confirmed. */
export function confirmedOf({ asked }: Pick<Approval, 'asked'>): Text[] {
  if (asked.acknowledged.length > 0) return asked.acknowledged.map((rule) => confirmedTexts[rule]);
  if (asked.act === 'resolve' || !asked.acknowledge) return [];
  return [
    {
      ko: '부트페이 기한이나 부분 취소 규칙에 걸려도 보내 봐요',
      en: 'to be sent even where a period or a rule for partial cancels speaks against it',
    },
  ];
}

/** To who approves, and cannot confirm anything for who asked. */
export function notApprovedText(refusal: ReviewRefusal): Text {
  const isConfirmable = confirmableRules.some((rule) => rule === refusal.rule);
  return isConfirmable ? join([refusalText(refusal), approvals.notConfirmed], ' ') : refusalText(refusal);
}

export function askedByText({ who, via, at }: Pick<Approval, 'who' | 'via' | 'at'>, now: number): Text {
  const [when, way] = [momentText(at, now), viaText(via)];
  return { ko: `${who} 님 · ${way.ko} · ${when.ko}`, en: `${who} · ${way.en} · ${when.en}` };
}

export function untilText(until: number, now: number): Text {
  const { ko, en } = momentText(until, now);
  return { ko: `${ko}까지`, en: `until ${en}` };
}

export function movedText(by: string | null, at: number | null, now: number): Text {
  const when = at === null ? null : momentText(at, now);
  return {
    ko: `건의 상태가 바뀌어 더 이상 유효하지 않아요${by === null ? '' : `: ${by}`}${when === null ? '' : `, ${when.ko}`}.`,
    en: `No longer valid: the case moved${by === null ? '' : `, by ${by}`}${when === null ? '' : `, ${when.en}`}.`,
  };
}

export function waitsText({ who, amountWon, until, ...approval }: Approval, now: number): Text {
  const [what, amount, end] = [whatText(approval), amountText(amountWon), untilText(until, now)];
  return {
    ko: `${who} 님이 요청했어요: ${what.ko}, ${amount.ko}. ${end.ko} 승인할 수 있어요.`,
    en: `${who} asked: ${what.en}, ${amount.en}. It can be approved ${end.en}.`,
  };
}
