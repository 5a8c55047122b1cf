// What a replay would come to, as far as it is known without asking: by the guards of replay, then by the worker's own
// rules and what Bootpay showed last. Pure; nothing is written.
import type { Refund } from '../domain/refund.ts';
import type { Receipt } from '../domain/reply.ts';
import { notAsked, type Preview, previewOf } from '../policies/preview.ts';
import { type CaseFacts, type Refusal, replayRefusal } from '../policies/replay-rules.ts';
import type { ReplayRequest } from './ports.ts';
import { editedCancel, replayed } from './replay.ts';

export type ReplayWish = Pick<ReplayRequest, 'edits' | 'newGeneration' | 'acknowledge'>;

export type ExpectedReplay =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** `refund`: as the replay would leave it, so that it shows what is sent. */
  | { readonly kind: 'allowed'; readonly refund: Refund; readonly preview: Preview };

/** @param shown the receipt as it was shown last; null: it never was. */
export function expectedReplay(facts: CaseFacts, shown: Receipt | null, wish: ReplayWish): ExpectedReplay {
  const { refund: before } = facts;
  const { edits, newGeneration, acknowledge } = wish;
  const cancel = editedCancel(before.cancel, edits);
  const choice = { newGeneration, acknowledge, ...(cancel !== before.cancel && { cancel }) };
  const refusal = replayRefusal(facts, choice);
  if (refusal !== null) return { kind: 'refused', refusal };
  const { refund } = replayed(facts, { who: '', reason: '', ...wish, cancel, bulk: false });
  const preview = shown === null ? notAsked('no_look_up') : previewOf({ ...facts, refund }, shown);
  return { kind: 'allowed', refund, preview };
}
