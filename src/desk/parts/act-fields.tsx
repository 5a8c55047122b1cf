// What every form of an act has: its version and token, the reason, what is confirmed, and its buttons.
import type { ComponentChildren } from 'preact';
import type { Text } from '../../domain/problem.ts';
import type { Visit } from '../visit.ts';
import { acts } from '../words/acts.ts';
import { approvals } from '../words/approvals.ts';
import { casePage } from '../words/case-page.ts';
import { replayPage } from '../words/replay.ts';
import type { Say } from '../words/say.ts';
import { Card } from './card.tsx';
import { Countdown } from './countdown.tsx';
import { Field, tied, WrongLine } from './fields.tsx';

/** The form on the left, what it comes to on the right; on a phone that stands before the button. */
export function ActColumns({ children }: { children: ComponentChildren }) {
  return <div class="act-columns">{children}</div>;
}

export function FormHead({ version, visit: { csrf } }: { version: number; visit: Visit }) {
  return (
    <>
      <input type="hidden" name="_csrf" value={csrf} />
      <input type="hidden" name="version" value={version} />
    </>
  );
}

export function StepsCard({ title, steps, say }: { title: string; steps: readonly Text[]; say: Say }) {
  return (
    <Card title={title}>
      <ol class="steps">
        {steps.map((text) => (
          <li key={text.en}>{say(text)}</li>
        ))}
      </ol>
    </Card>
  );
}

export function ReasonField({ value, wrong, say }: { value: string; wrong: Text | undefined; say: Say }) {
  return (
    <Field name="reason" label={say(acts.reason)} hint={say(acts.reasonHint)} wrong={wrong} say={say}>
      <textarea {...tied('reason', { hint: true, wrong })} rows={3} maxLength={1000} required>
        {value}
      </textarea>
    </Field>
  );
}

export function ConfirmBox({
  text,
  checked,
  wrong,
  say,
}: {
  text: Text;
  checked: boolean;
  wrong: Text | undefined;
  say: Say;
}) {
  return (
    <div class="confirm">
      <label>
        <input {...tied('confirmed', { wrong })} type="checkbox" value="yes" checked={checked} required />
        <span>{say(text)}</span>
      </label>
      <WrongLine name="confirmed" wrong={wrong} say={say} />
    </div>
  );
}

/** Of the button; only its text is ever replaced, so that a press is not lost. */
export function SendLabel({
  amount,
  isForTwo,
  say,
  isPart = false,
}: {
  /** null: not known yet. */
  amount: Text | null;
  /** It only asks for an approval. */
  isForTwo: boolean;
  say: Say;
  isPart?: boolean;
}) {
  return (
    <span id="send-amount" {...(isPart && { 'hx-swap-oob': 'true' })}>
      {amount !== null && `${say(amount)} `}
      {say(isForTwo ? approvals.ask : replayPage.send)}
    </span>
  );
}

interface ActButtonsProps {
  readonly name: ComponentChildren;
  /** Where the form is only shown again, with what would come of it; the Enter key leads there, and not to the act. */
  readonly preview?: string;
  /** ms; null: it can be done now. */
  readonly notBefore: number | null;
  /** Where nothing is done. */
  readonly back: string;
  readonly visit: Visit;
}

export function ActButtons({ name, preview, notBefore, back, visit }: ActButtonsProps) {
  const { say, now } = visit;
  const waits = notBefore !== null;
  return (
    <>
      <div class="buttons act-buttons">
        {preview !== undefined && (
          <button class="no-script" type="submit" formaction={preview} formnovalidate>
            {say(replayPage.preview)}
          </button>
        )}
        <button
          class="main"
          type="submit"
          {...(waits && { disabled: true, 'data-wait-ms': notBefore - now, 'aria-describedby': 'waits' })}
        >
          {name}
        </button>
        <a class="button" href={back}>
          {say(acts.cancel)}
        </a>
      </div>
      {waits && (
        <p id="waits" class="waits">
          {say(casePage.from(notBefore, now))} <Countdown ms={notBefore - now} say={say} />
        </p>
      )}
    </>
  );
}
