// What a person changed about the amount when it was tried again: from what to what.
import type { StoredAction } from '../../domain/action.ts';
import type { Text } from '../../domain/problem.ts';
import type { Attempt, HistoryEntry, Refund } from '../../domain/refund.ts';
import { won } from '../../policies/amounts.ts';
import { askedBefore } from './history-reasons.ts';

interface AmountFacts {
  readonly refund: Refund | null;
  readonly actions: readonly StoredAction[];
  /** The latest stop by then. */
  readonly stop: HistoryEntry | null;
}

/** Of an act that a line of history tells. */
const nearMs = 2_000;

/** 금액: 40,000원 → 30,000원. */
export function amountsTold(entry: HistoryEntry, facts: AmountFacts): Text[] {
  const action = actionOf(entry, facts.actions);
  const to = action === undefined ? null : editedIn(action);
  if (to === null) return [];
  const from = amountBefore(entry, facts);
  return [
    from === null
      ? { ko: `금액: ${to.ko}`, en: `Amount: ${to.en}` }
      : { ko: `금액: ${from.ko} → ${to.ko}`, en: `Amount: ${from.en} → ${to.en}` },
  ];
}

/** By the stop, or what was last sent or last changed to; null: neither was kept. */
function amountBefore({ at }: HistoryEntry, { refund, actions, stop }: AmountFacts): Text | null {
  const asked = askedBefore(stop?.reason ?? null);
  if (asked !== null) return won(asked);
  const sent = refund?.attempts.findLast(({ sentAt }) => sentAt < at);
  const known = [
    ...(sent === undefined ? [] : [{ at: sent.sentAt, amount: askedText(sent.cancel) }]),
    ...actions.flatMap((action) => {
      const amount = action.answer === 'done' && action.at < at - nearMs ? editedIn(action) : null;
      return amount === null ? [] : [{ at: action.at, amount }];
    }),
  ];
  return known.sort((one, other) => one.at - other.at).at(-1)?.amount ?? null;
}

/** null: the amount stayed, or it is none that is sent. */
function editedIn({ what, edits: { amount, full } }: StoredAction): Text | null {
  if (what !== 'replay' && what !== 'approve') return null;
  if (full === true) return wholeRest;
  return typeof amount === 'number' ? won(amount) : null;
}

export function actionOf(
  { who, at }: HistoryEntry,
  actions: readonly StoredAction[],
): StoredAction | undefined {
  return actions.find((one) => one.answer === 'done' && one.who === who && Math.abs(one.at - at) < nearMs);
}

export function askedText(cancel: Attempt['cancel']): Text {
  return cancel.kind === 'full' ? wholeRest : won(cancel.amountWon);
}

export const wholeRest: Text = { ko: '남은 전액', en: 'all that is left' };
