// Try a refund again: what goes back, exactly what Bootpay will be sent, and what is done before.
import type { System } from '../../compose.ts';
import type { Refund } from '../../domain/refund.ts';
import type { Receipt } from '../../domain/reply.ts';
import { won } from '../../policies/amounts.ts';
import { type CaseFacts, isNotThere, landedByLastLookUp } from '../../policies/replay-rules.ts';
import { refusalText } from '../../review/case-text.ts';
import { caseFormRoutes } from '../case-form-routes.tsx';
import type { CaseForm, Checked, FormState, OpenForm } from '../forms/case-form.ts';
import { inputWords } from '../forms/input.ts';
import {
  type ReplayInput,
  readReplay,
  replayInputSchema,
  replayKeeps,
  type WrongReplay,
} from '../forms/replay-form.ts';
import type { Money } from '../money.ts';
import { AccountFields } from '../parts/account-fields.tsx';
import { ActButtons, ActColumns, FormHead, ReasonField, SendLabel, StepsCard } from '../parts/act-fields.tsx';
import { Card } from '../parts/card.tsx';
import { Field, Option, tied, WrongLine } from '../parts/fields.tsx';
import { MoneyCard } from '../parts/money-card.tsx';
import { StepUpField } from '../parts/password-field.tsx';
import { ReplayConfirm, ReplayPreview, toConfirm, toSend } from '../parts/replay-preview.tsx';
import type { CaseFound } from '../read-payment.ts';
import { firstReplayInput, type ReplayChoices, replayChoices } from '../replay-choices.ts';
import type { Page } from '../routes.tsx';
import { asShownLast } from '../shown-facts.ts';
import type { Visit } from '../visit.ts';
import { acts } from '../words/acts.ts';
import { casePage } from '../words/case-page.ts';
import { beforeSending, shortRefusal, replayPage as words } from '../words/replay.ts';
import { resolvePage } from '../words/resolve.ts';

const form: CaseForm<ReplayInput> = {
  what: 'replay',
  name: words.name,
  keeps: replayKeeps,
  schema: replayInputSchema,
  hasPreview: true,
  open: (found) => (found.kind === 'record' ? openReplay(found) : null),
};

export function replayRoutes(pages: { page: Page; act: Page }, system: System): void {
  caseFormRoutes(pages, system, form);
}

type Recorded = Extract<CaseFound, { kind: 'record' }>;

export interface ReplayFacts {
  readonly facts: CaseFacts;
  /** As Bootpay showed it last, to whomever. */
  readonly shown: Receipt | null;
  readonly choices: ReplayChoices;
  readonly money: Money | null;
}

function openReplay({ facts, payment }: Recorded): OpenForm<ReplayInput> {
  const { refund } = facts;
  const shown = payment.shown?.receipt ?? null;
  const landed = landedByLastLookUp(asShownLast(facts, payment.shown));
  const about = () => ({ facts, shown, choices: replayChoices(facts, shown), money: payment.money });
  return {
    title: landed ? words.titleLanded(refund.orderId) : words.title(refund.orderId),
    first: () => firstReplayInput(facts, replayChoices(facts, shown)),
    wrong(input) {
      const { wrong } = readReplay(input, refund);
      const unconfirmed = input.confirmed === '' && toConfirm(about(), input) !== null;
      return { ...wrong, ...(unconfirmed && { confirmed: inputWords.confirm }) };
    },
    act(input, { visit, version }) {
      const { wish, reason } = readReplay(input, refund);
      const request = { ...wish, who: visit.person.name, via: 'desk', reason, version } as const;
      return { kind: 'replay', id: refund.refundId, request };
    },
    body: ({ wrong, ...state }, visit) => {
      if (landed) return <LandedBody {...{ refund, visit }} money={payment.money} />;
      const all = { ...wrong, ...wrongIn(state.refused) };
      return <ReplayBody {...{ visit }} about={about()} state={{ ...state, wrong: all }} />;
    },
    preview: (input, visit) => <ReplayPreview {...{ input, visit }} about={about()} isPart />,
  };
}

/** Nothing would be sent, and nobody can confirm that no money went back: it leads to the page that closes it. */
function LandedBody({ refund, money, visit }: { refund: Refund; money: Money | null; visit: Visit }) {
  const { say } = visit;
  const { refundId } = refund;
  return (
    <div class="columns">
      <Card title={say(casePage.landed)} tone="info">
        <p>{say(words.landed)}</p>
        <div class="buttons">
          <a class="button main" href={`/review/cases/${refundId}/resolve`}>
            {say(resolvePage.name)}…
          </a>
          <a class="button" href={`/review/cases/${refundId}`}>
            {say(acts.cancel)}
          </a>
        </div>
      </Card>
      <MoneyCard {...{ refundId, money, visit }} isNotThere={false} answer={null} canLook />
    </div>
  );
}

/** A rule that is about a field is said beside it as well. */
function wrongIn(refused: FormState<ReplayInput>['refused']): WrongReplay {
  switch (refused?.rule) {
    case 'over_remaining':
      return { amount: shortRefusal(refused) };
    case 'tax_free_over':
      return { tax_free: refusalText(refused) };
    default:
      return {};
  }
}

interface BodyProps {
  readonly about: ReplayFacts;
  readonly state: Checked<ReplayInput, WrongReplay>;
  readonly visit: Visit;
}

function ReplayBody({ about, state, visit }: BodyProps) {
  const { say } = visit;
  const { facts, choices, money } = about;
  const { refund } = facts;
  const { input, wrong } = state;
  const at = `/review/cases/${refund.refundId}`;
  return (
    <ActColumns>
      <form id="act" method="post" action={`${at}/replay`} data-once>
        <FormHead version={refund.version} visit={visit} />
        <div class="card act">
          <WhatToReturn {...{ about, state, visit }} />
          <MoneyDetails {...{ about, state, visit }} />
          {choices.asksAccount && <AccountFields {...{ about, state, visit }} />}
          <CancelIds {...{ about, state, visit }} />
        </div>
        <div class="card act last">
          <ReasonField value={input.reason} wrong={wrong.reason} say={say} />
          <ReplayConfirm {...{ about, input, say }} wrong={wrong.confirmed} />
          <StepUpField refund={refund} asksAccount={choices.asksAccount} proof={state.proof} visit={visit} />
          <ActButtons
            name={<SendLabel {...toSend(about, input, visit)} say={say} />}
            preview={`${at}/replay/preview`}
            notBefore={choices.notBefore}
            back={at}
            visit={visit}
          />
        </div>
      </form>
      <div class="side">
        <ReplayPreview {...{ about, input, visit }} />
        <MoneyCard
          refundId={refund.refundId}
          money={money}
          isNotThere={isNotThere(refund)}
          answer={null}
          canLook
          visit={visit}
        />
        <StepsCard title={say(words.before)} steps={beforeSending} say={say} />
      </div>
    </ActColumns>
  );
}

function WhatToReturn({ about: { facts, choices }, state: { input, wrong }, visit: { say } }: BodyProps) {
  const { cancel } = facts.refund;
  const { leftWon, asAsked, amount, full } = choices;
  const left = leftWon === null || leftWon <= 0 ? null : won(leftWon);
  const inBrackets = left === null ? { ko: '', en: '' } : { ko: ` (${left.ko})`, en: ` (${left.en})` };
  const asked = cancel.kind === 'full' ? words.asAskedFull(inBrackets) : words.asAsked(won(cancel.amountWon));
  const choice = { name: 'choice', chosen: input.choice } as const;
  return (
    <fieldset>
      <legend>{say(words.what)}</legend>
      <Option {...choice} value="as_asked" label={say(asked)} whyNot={asAsked && say(asAsked)} />
      <Option {...choice} value="amount" label={say(words.amount)} whyNot={amount && say(amount)}>
        <span class="amount">
          <input
            {...tied('amount', { wrong: wrong.amount, hint: left ?? undefined })}
            inputMode="numeric"
            autocomplete="off"
            maxLength={20}
            aria-label={say(words.amountLabel)}
            value={input.amount}
          />{' '}
          {say(acts.won)} {left !== null && <small id="amount-hint">{say(words.most(left))}</small>}
        </span>
        <WrongLine name="amount" wrong={wrong.amount} say={say} />
      </Option>
      {cancel.kind === 'partial' && (
        <Option {...choice} value="full" label={say(words.full(inBrackets))} whyNot={full && say(full)} />
      )}
    </fieldset>
  );
}

/** What few refunds need: folded away until it is there or wrong. */
function MoneyDetails({ about: { facts }, state: { input, wrong }, visit: { say } }: BodyProps) {
  const { refund } = facts;
  const isTaxed = input.tax_free !== '' || refund.deadLetter?.rule === 'tax_free_over';
  return (
    <>
      <details open={isTaxed || wrong.tax_free !== undefined}>
        <summary>{say(words.taxFreeMore)}</summary>
        <Field
          name="tax_free"
          label={say(words.taxFree)}
          hint={say(words.taxFreeHint)}
          wrong={wrong.tax_free}
          say={say}
        >
          <span class="amount">
            <input
              {...tied('tax_free', { hint: true, wrong: wrong.tax_free })}
              inputMode="numeric"
              autocomplete="off"
              maxLength={20}
              value={input.tax_free}
            />{' '}
            {say(acts.won)}
          </span>
        </Field>
      </details>
      <details open={wrong.message !== undefined}>
        <summary>{say(words.messageMore)}</summary>
        <Field
          name="message"
          label={say(words.message)}
          hint={say(words.messageHint)}
          wrong={wrong.message}
          say={say}
        >
          <textarea {...tied('message', { hint: true, wrong: wrong.message })} rows={2} maxLength={500}>
            {input.message}
          </textarea>
        </Field>
      </details>
    </>
  );
}

function CancelIds({ about: { choices }, state: { input }, visit: { say } }: BodyProps) {
  const { newId, idIsBurnt } = choices;
  const choice = { name: 'cancel_id', chosen: newId === null ? input.cancel_id : 'same' } as const;
  const same = idIsBurnt ? words.burntIdHint : words.sameIdHint;
  return (
    <details open={idIsBurnt || input.cancel_id === 'new'}>
      <summary>
        {say(words.cancelId)}: {say(words[input.cancel_id === 'new' ? 'newId' : 'sameId'])}
      </summary>
      <fieldset>
        <legend class="hidden">{say(words.cancelId)}</legend>
        <Option {...choice} value="same" label={say(words.sameId)} hint={say(same)} />
        <Option
          {...choice}
          value="new"
          label={say(words.newId)}
          hint={say(words.newIdHint)}
          whyNot={newId && say(newId)}
        />
      </fieldset>
    </details>
  );
}
