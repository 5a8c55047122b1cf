// Exactly what Bootpay will be sent, as the form stands now; replaced as the form changes.
import type { Text } from '../../domain/problem.ts';
import type { Refund } from '../../domain/refund.ts';
import { won } from '../../policies/amounts.ts';
import { sentWon, takesTwo } from '../../policies/approval.ts';
import { maskedAccount } from '../../policies/banks.ts';
import { cancelIdFor } from '../../policies/identity.ts';
import { refusalText } from '../../review/case-text.ts';
import { expectedReplay } from '../../review/expected-replay.ts';
import { accountIn, mustConfirm, type ReplayInput, readReplay } from '../forms/replay-form.ts';
import type { ReplayFacts } from '../pages/replay.tsx';
import { passableIn } from '../replay-choices.ts';
import type { Visit } from '../visit.ts';
import { approvals } from '../words/approvals.ts';
import { casePage, facts } from '../words/case-page.ts';
import { confirmText, previewWarning, replayPage as words } from '../words/replay.ts';
import type { Say } from '../words/say.ts';
import { ConfirmBox, SendLabel } from './act-fields.tsx';
import { Card, Facts } from './card.tsx';

interface Props {
  readonly about: ReplayFacts;
  readonly input: ReplayInput;
  readonly visit: Visit;
  /** By itself, for a page that stands: the button of the form is told the amount as well. */
  readonly isPart?: boolean;
}

export function ReplayPreview({ about, input, visit, isPart = false }: Props) {
  const { refundId } = about.facts.refund;
  const { say } = visit;
  const sent = toBeSent(about, input);
  return (
    <div
      id="preview"
      hx-post={`/review/cases/${refundId}/replay/preview`}
      hx-trigger="change from:#act, input from:#act delay:400ms, looked from:body"
      hx-include="#act"
      hx-target="this"
      hx-swap="outerMorph"
      hx-sync="this:replace"
      aria-live="polite"
    >
      <Card title={say(words.sent)}>
        {sent.kind === 'unfinished' && <p class="quiet">{say(words.unfinished)}</p>}
        {sent.kind === 'refused' && <p class="odd">{say(sent.why)}</p>}
        {sent.kind === 'sent' && <Sent {...{ about, input, sent, say }} />}
        {sent.kind === 'sent' && takesTwo(sentWon(sent.refund), visit.thresholdWon) && (
          <p class="odd after">{say(approvals.needsTwo)}</p>
        )}
      </Card>
      {isPart && (
        <>
          <SendLabel {...toSend(about, input, visit)} say={say} isPart />
          <ReplayConfirm {...{ about, input, say }} wrong={undefined} isPart />
        </>
      )}
    </div>
  );
}

/** In the words of the case; null: there is nothing to confirm. */
export function toConfirm({ facts, shown }: ReplayFacts, input: ReplayInput): Text | null {
  const { refund } = facts;
  const passable = passableIn(facts, shown, readReplay(input, refund).wish);
  return mustConfirm(refund, input) || passable !== null ? confirmText(refund, passable) : null;
}

/** What the form asks for as it stands now. */
export function ReplayConfirm({
  about,
  input,
  wrong,
  say,
  isPart = false,
}: Pick<Props, 'about' | 'input' | 'isPart'> & { wrong: Text | undefined; say: Say }) {
  const text = toConfirm(about, input);
  return (
    <div id="confirm" {...(isPart && { 'hx-swap-oob': 'outerMorph' })}>
      {text !== null && (
        <ConfirmBox text={text} checked={input.confirmed === 'yes'} wrong={wrong} say={say} />
      )}
    </div>
  );
}

type ToBeSent =
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'refused'; readonly why: Text }
  | {
      readonly kind: 'sent';
      readonly refund: Refund;
      readonly amount: Text | null;
      readonly warning: Text | null;
    };

/** As it will be once it is confirmed, and once the time has come. */
function toBeSent({ facts, shown, choices }: ReplayFacts, input: ReplayInput): ToBeSent {
  const { wish, wrong } = readReplay(input, facts.refund);
  const { reason: _, ...rest } = wrong;
  if (Object.keys(rest).length > 0) return { kind: 'unfinished' };
  const then = { ...facts, now: choices.notBefore ?? facts.now };
  const expected = expectedReplay(then, shown, { ...wish, acknowledge: true });
  if (expected.kind === 'refused') return { kind: 'refused', why: refusalText(expected.refusal) };
  const { refund, preview } = expected;
  const amountWon = refund.cancel.kind === 'partial' ? refund.cancel.amountWon : choices.leftWon;
  const amount = amountWon === null || amountWon <= 0 ? null : won(amountWon);
  return { kind: 'sent', refund, amount, warning: previewWarning(preview, shown) };
}

/** For the button. */
export function toSend(about: ReplayFacts, input: ReplayInput, { thresholdWon }: Visit) {
  const sent = toBeSent(about, input);
  const refund = sent.kind === 'sent' ? sent.refund : about.facts.refund;
  return {
    amount: sent.kind === 'sent' ? sent.amount : null,
    isForTwo: takesTwo(sentWon(refund), thresholdWon),
  };
}

function Sent({
  about,
  input,
  sent: { refund, amount, warning },
  say,
}: Pick<Props, 'about' | 'input'> & { sent: Extract<ToBeSent, { kind: 'sent' }>; say: Say }) {
  const { cancel, message, username } = refund;
  const isNew = refund.generation !== about.facts.refund.generation;
  const account = accountIn(input);
  const full = cancel.kind === 'full' ? `${say(casePage.allOf)} ` : '';
  const money = amount === null ? full : `${full === '' ? '' : `${full}· `}${say(amount)}`;
  const kept = refund.account === 'kept' ? say(words.kept) : null;
  const rows = [
    [say(facts.receipt), <span class="code">{refund.receiptId}</span>],
    [say(words.money), <b>{money}</b>],
    [say(facts.taxFree), cancel.taxFreeWon === null ? null : say(won(cancel.taxFreeWon))],
    [
      say(facts.cancel),
      <>
        <span class="code">{cancelIdFor(refund.firstCancelId, refund.generation)}</span>{' '}
        {say(isNew ? words.isNew : words.unchanged)}
      </>,
    ],
    [say(facts.message), message],
    [say(facts.username), username],
    [say(facts.account), account === null ? kept : say(maskedAccount(account))],
  ] as const;
  return (
    <>
      <Facts rows={rows} />
      {warning !== null && <p class="odd after">{say(warning)}</p>}
    </>
  );
}
