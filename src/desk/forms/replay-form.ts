// From the form of a replay, as it was typed, to the request: what is missing is named, field by field. Pure.
import { z } from 'zod';
import { cancelMessageSchema, type RefundAccount, refundAccountSchema } from '../../domain/event.ts';
import type { Refund } from '../../domain/refund.ts';
import { needsAcknowledgement } from '../../policies/replay-rules.ts';
import type { ReplayWish } from '../../review/expected-replay.ts';
import { inputWords, typed, type Wrong, wonIn } from './input.ts';

export const replayInputSchema = z.object({
  choice: z.enum(['as_asked', 'amount', 'full']).catch('as_asked'),
  amount: typed(20),
  tax_free: typed(20),
  message: typed(500),
  account: z.enum(['keep', 'new']).catch('keep'),
  bank: typed(3),
  number: typed(60),
  number_again: typed(60),
  holder: typed(60),
  cancel_id: z.enum(['same', 'new']).catch('same'),
  confirmed: z.literal('yes').or(z.literal('')).catch(''),
  reason: typed(1000),
});
export type ReplayInput = z.infer<typeof replayInputSchema>;

/** What may be kept while its person signs in again; an account is typed once more. */
export const replayKeeps = {
  fields: ['choice', 'amount', 'tax_free', 'message', 'cancel_id', 'reason'],
  secrets: ['number', 'number_again', 'holder'],
} as const;

export type WrongReplay = Wrong<keyof ReplayInput>;

interface ReadReplay {
  readonly wish: ReplayWish;
  readonly reason: string;
  /** Empty: the request can be made. */
  readonly wrong: WrongReplay;
}

/** A wish is read in any case, from what is right, so that a preview shows what is there so far. */
export function readReplay(input: ReplayInput, refund: Refund): ReadReplay {
  const amount = amountOf(input);
  const taxFree = taxFreeOf(input, refund);
  const message = messageOf(input, refund);
  const account = accountOf(input);
  const reason = input.reason.trim();
  return {
    reason,
    wish: {
      edits: { ...amount.edits, ...taxFree.edits, ...message.edits, ...account.edits },
      newGeneration: input.cancel_id === 'new',
      acknowledge: input.confirmed === 'yes',
    },
    wrong: {
      ...amount.wrong,
      ...taxFree.wrong,
      ...message.wrong,
      ...account.wrong,
      ...(reason === '' && { reason: inputWords.reason }),
    },
  };
}

interface Part {
  readonly edits?: ReplayWish['edits'];
  readonly wrong?: WrongReplay;
}

function amountOf({ choice, amount }: ReplayInput): Part {
  if (choice === 'full') return { edits: { full: true } };
  if (choice === 'as_asked') return {};
  const amountWon = wonIn(amount);
  if (amountWon === null || amountWon === 0) return { wrong: { amount: inputWords.amount } };
  return { edits: { amountWon } };
}

/** An empty field leaves it as it is. */
function taxFreeOf({ tax_free: text }: ReplayInput, { cancel }: Refund): Part {
  if (text.trim() === '') return {};
  const taxFreeWon = wonIn(text);
  if (taxFreeWon === null) return { wrong: { tax_free: inputWords.amount } };
  return taxFreeWon === cancel.taxFreeWon ? {} : { edits: { taxFreeWon } };
}

function messageOf({ message }: ReplayInput, refund: Refund): Part {
  const text = message.trim();
  if (text === '' || text === refund.message) return {};
  const parsed = cancelMessageSchema.safeParse(text);
  return parsed.success ? { edits: { message: parsed.data } } : { wrong: { message: replayWrongs.message } };
}

function accountOf(input: ReplayInput): Part {
  if (input.account === 'keep') return {};
  const { bank, number, number_again: again, holder } = input;
  const parsed = refundAccountSchema.safeParse({
    bank_code: bank,
    bank_account: number,
    bank_username: holder,
  });
  const wrongs = new Set(parsed.error?.issues.map(({ path }) => path[0]));
  const wrong: WrongReplay = {
    ...(wrongs.has('bank_code') && { bank: replayWrongs.bank }),
    ...(wrongs.has('bank_account') && { number: replayWrongs.number }),
    ...(!wrongs.has('bank_account') &&
      digitsOf(number) !== digitsOf(again) && { number_again: replayWrongs.again }),
    ...(wrongs.has('bank_username') && { holder: replayWrongs.holder }),
  };
  if (!parsed.success || Object.keys(wrong).length > 0) return { wrong };
  return { edits: { account: parsed.data } };
}

function digitsOf(number: string): string {
  return refundAccountSchema.shape.bank_account.safeParse(number).data ?? number.trim();
}

/** An account, where the input names one whole and twice. */
export function accountIn(input: ReplayInput): RefundAccount | null {
  return accountOf(input).edits?.account ?? null;
}

/** Whether the person has to say what they checked before anything may be sent. */
export function mustConfirm(
  refund: Refund,
  { cancel_id: cancelId }: Pick<ReplayInput, 'cancel_id'>,
): boolean {
  if (!needsAcknowledgement(refund)) return false;
  const paysNothing = refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST' && cancelId === 'same';
  return !paysNothing || refund.deadLetter?.severity === 'critical';
}

const replayWrongs = {
  message: {
    ko: '사유는 500자까지, 보이지 않는 문자 없이 적어 주세요.',
    en: 'At most 500 characters, none of them hidden.',
  },
  bank: { ko: '은행을 골라 주세요.', en: 'Please choose the bank.' },
  number: { ko: '계좌번호를 숫자 6~16자리로 적어 주세요.', en: 'Please give the number: 6 to 16 digits.' },
  again: {
    ko: '두 번 적은 계좌번호가 서로 달라요. 다시 확인해 주세요.',
    en: 'The two account numbers differ. Please check both.',
  },
  holder: { ko: '예금주를 적어 주세요.', en: 'Please give the name of the holder.' },
} as const;
