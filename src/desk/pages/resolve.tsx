// Close a case: refunded by hand, refunded already, or not to be refunded. Bootpay is asked first.
import type { System } from '../../compose.ts';
import { type ConfirmableRule, confirmableRules } from '../../domain/approval.ts';
import type { Text } from '../../domain/problem.ts';
import { resolveOutcomes } from '../../domain/refund.ts';
import { won } from '../../policies/amounts.ts';
import { takesTwo } from '../../policies/approval.ts';
import { isNotThere, landedByLastLookUp, resolveRefusal } from '../../policies/replay-rules.ts';
import { outcomeWords } from '../../policies/state-words.ts';
import type { ReviewRefusal } from '../../review/ports.ts';
import { caseFormRoutes } from '../case-form-routes.tsx';
import type { CaseForm, Checked } from '../forms/case-form.ts';
import { inputWords, wonIn } from '../forms/input.ts';
import {
  confirmedIn,
  type ResolveInput,
  readResolve,
  resolveInputSchema,
  resolveKeeps,
  type WrongResolve,
} from '../forms/resolve-form.ts';
import {
  ActButtons,
  ActColumns,
  ConfirmBox,
  FormHead,
  ReasonField,
  StepsCard,
} from '../parts/act-fields.tsx';
import { Field, Option, tied, WrongLine } from '../parts/fields.tsx';
import { MoneyCard } from '../parts/money-card.tsx';
import { StepUpField } from '../parts/password-field.tsx';
import { type CaseFound, subjectOf } from '../read-payment.ts';
import type { Page } from '../routes.tsx';
import { asShownLast } from '../shown-facts.ts';
import { closesWon } from '../step-up.ts';
import type { Visit } from '../visit.ts';
import { acts } from '../words/acts.ts';
import { approvals } from '../words/approvals.ts';
import { beforeClosing, confirmClosing, outcomeHints, resolvePage as words } from '../words/resolve.ts';
import { orderOf } from './case-form-pages.tsx';

const form: CaseForm<ResolveInput> = {
  what: 'resolve',
  name: words.name,
  keeps: resolveKeeps,
  schema: resolveInputSchema,
  hasPreview: false,
  open(found) {
    if (found.kind === 'unread' && found.unread.unread === 'newer') return null;
    const about = aboutOf(found);
    return {
      title: {
        ko: words.title(orderOf(found, { say: ({ ko }) => ko })).ko,
        en: words.title(orderOf(found, { say: ({ en }) => en })).en,
      },
      first: () => ({ ...nothingTyped, outcome: about.landed ? 'already_refunded' : '' }),
      wrong(input) {
        const read = readResolve(input, about.paidWon);
        if (read.kind === 'wrong') return read.wrong;
        return mustConfirm(about) && !read.wish.acknowledge ? { confirmed: inputWords.confirm } : {};
      },
      act(input, { visit, version }) {
        const read = readResolve(input, about.paidWon);
        if (read.kind === 'wrong') return null;
        const request = { ...read.wish, who: visit.person.name, via: 'desk', version } as const;
        return { kind: 'resolve', id: subjectOf(found).refundId, request };
      },
      body: ({ wrong, ...state }, visit) => (
        <ResolveBody {...{ about, visit }} state={{ ...state, wrong: wrong ?? {} }} />
      ),
      preview: null,
    };
  },
};

export function resolveRoutes(pages: { page: Page; act: Page }, system: System): void {
  caseFormRoutes(pages, system, form);
}

const nothingTyped: ResolveInput = {
  ...{ outcome: '', amount: '', evidence: '', reason: '' },
  ...{ confirmed: '', confirms: '' },
};

interface ResolveFacts {
  readonly found: CaseFound;
  /** The last look-up shows that this refund went back. */
  readonly landed: boolean;
  readonly isUnreadable: boolean;
  /** There is nothing to look up at Bootpay. */
  readonly isAbsent: boolean;
  /** null: not known. */
  readonly paidWon: number | null;
  /** ms; null: no wait. */
  readonly notBefore: number | null;
}

function aboutOf(found: CaseFound): ResolveFacts {
  if (found.kind === 'unread') {
    return { found, landed: false, isUnreadable: true, isAbsent: false, paidWon: null, notBefore: null };
  }
  const { payment } = found;
  const facts = asShownLast(found.facts, payment.shown);
  const landed = landedByLastLookUp(facts);
  const early = resolveRefusal(facts, { outcome: 'already_refunded', acknowledge: false, landed });
  return {
    found,
    landed,
    isUnreadable: false,
    isAbsent: payment.shown === null && isNotThere(facts.refund),
    paidWon: payment.shown?.receipt.priceWon ?? null,
    notBefore: early?.rule === 'settle_window' ? early.notBefore : null,
  };
}

/** Before anything is asked for, as it cannot be closed without. */
function mustConfirm({ isUnreadable, isAbsent }: ResolveFacts): boolean {
  return isUnreadable || isAbsent;
}

interface BodyProps {
  readonly about: ResolveFacts;
  readonly state: Checked<ResolveInput, WrongResolve>;
  readonly visit: Visit;
}

function ResolveBody({ about, state, visit }: BodyProps) {
  const { say } = visit;
  const { input, wrong, refused } = state;
  const { found, landed, isAbsent } = about;
  const id = subjectOf(found).refundId;
  const at = `/review/cases/${id}`;
  const confirm = toConfirm(about, state);
  const byHandWon = input.outcome === 'refunded_by_hand' ? wonIn(input.amount) : null;
  const isForTwo = takesTwo(closesWon(found, byHandWon), visit.thresholdWon);
  return (
    <ActColumns>
      <form id="act" method="post" action={`${at}/resolve`} data-once>
        <FormHead version={subjectOf(found).version} visit={visit} />
        <div class="card act last">
          {isAbsent && <p>{say(words.notThere)}</p>}
          {landed && refused === null && (
            <p>
              <b>{say(words.landed)}</b>
            </p>
          )}
          <Outcomes {...{ about, state, visit }} />
          <ReasonField value={input.reason} wrong={wrong.reason} say={say} />
          {confirm !== null && (
            <>
              <input type="hidden" name="confirms" value={confirm.confirms} />
              <ConfirmBox {...confirm} wrong={wrong.confirmed} say={say} />
            </>
          )}
          {isForTwo && <p class="odd">{say(approvals.needsTwo)}</p>}
          <StepUpField
            refund={found.kind === 'record' ? found.facts.refund : null}
            proof={state.proof}
            visit={visit}
          />
          <ActButtons
            name={say(isForTwo ? approvals.ask : words.close)}
            notBefore={about.notBefore}
            back={at}
            visit={visit}
          />
        </div>
      </form>
      <div class="side">
        <MoneyCard
          refundId={id}
          money={found.payment?.money ?? null}
          isNotThere={found.kind === 'record' && isNotThere(found.facts.refund)}
          answer={null}
          canLook={found.payment !== null}
          visit={visit}
        />
        <StepsCard
          title={say(words.before)}
          steps={isAbsent ? beforeClosing.slice(-1) : beforeClosing}
          say={say}
        />
      </div>
    </ActColumns>
  );
}

interface ToConfirm {
  readonly text: Text;
  /** It was said before, and is ticked already. */
  readonly checked: boolean;
  /** All that the ticked box stands for: what was confirmed before stays confirmed. */
  readonly confirms: string;
}

/** Only what a rule asked for: nobody confirms what was not said to them. */
function toConfirm(about: ResolveFacts, { refused, input }: BodyProps['state']): ToConfirm | null {
  const before = confirmedIn(input);
  const rule = ruleToConfirm(
    about,
    refused?.rule ?? (about.landed && before.includes('landed') ? 'landed' : null),
  );
  const text = rule === null ? null : confirmClosing(about.isAbsent ? 'not_there' : rule);
  if (rule === null || text === null) return null;
  const confirms = [...new Set([...before, rule])].join(' ');
  return { text, checked: before.includes(rule), confirms };
}

function ruleToConfirm(
  { isUnreadable, isAbsent }: ResolveFacts,
  asked: ReviewRefusal['rule'] | null,
): ConfirmableRule | null {
  if (isUnreadable) return 'unreadable';
  if (isAbsent) return 'no_look_up';
  return confirmableRules.find((rule) => rule === asked) ?? null;
}

function Outcomes({ about, state, visit }: BodyProps) {
  const { say } = visit;
  const { input, wrong, refused } = state;
  // Once it was refused the person knows, and may have to decide otherwise all the same.
  const isShut = about.landed && refused?.rule !== 'landed';
  const choice = { name: 'outcome', chosen: input.outcome } as const;
  return (
    <fieldset>
      <legend>{say(words.how)}</legend>
      {resolveOutcomes.map((outcome) => (
        <Option
          key={outcome}
          {...choice}
          value={outcome}
          label={say(outcomeWords[outcome])}
          hint={say(outcomeHints[outcome])}
          whyNot={isShut && outcome !== 'already_refunded' ? say(words.landedNot) : null}
        >
          {outcome === 'refunded_by_hand' && <ByHand {...{ about, state, visit }} />}
        </Option>
      ))}
      <WrongLine name="outcome" wrong={wrong.outcome} say={say} />
    </fieldset>
  );
}

function ByHand({ about: { found }, state: { input, wrong }, visit: { say, thresholdWon } }: BodyProps) {
  // Where the case itself takes two people, the form says so below.
  const isBelow = thresholdWon !== null && !takesTwo(closesWon(found, null), thresholdWon);
  const hint = isBelow ? say(words.amountForTwo(won(thresholdWon))) : undefined;
  return (
    <>
      <Field name="amount" label={say(words.amount)} hint={hint} wrong={wrong.amount} say={say}>
        <span class="amount">
          <input
            {...tied('amount', { hint, wrong: wrong.amount })}
            inputMode="numeric"
            autocomplete="off"
            maxLength={20}
            value={input.amount}
          />{' '}
          {say(acts.won)}
        </span>
      </Field>
      <Field
        name="evidence"
        label={say(words.evidence)}
        hint={say(words.evidenceHint)}
        wrong={wrong.evidence}
        say={say}
      >
        <input
          {...tied('evidence', { hint: true, wrong: wrong.evidence })}
          maxLength={1000}
          value={input.evidence}
        />
      </Field>
    </>
  );
}
