// The password once more, for what weighs most.
import type { Text } from '../../domain/problem.ts';
import type { Refund } from '../../domain/refund.ts';
import type { FormState, Input } from '../forms/case-form.ts';
import { mayBeAsked } from '../step-up.ts';
import type { Visit } from '../visit.ts';
import type { Say } from '../words/say.ts';
import { stepUp } from '../words/step-up.ts';
import { WrongLine } from './fields.tsx';

/** In a form of an act: as soon as it may be asked for, so that nothing has to be sent twice. */
export function StepUpField({
  refund,
  asksAccount = false,
  proof,
  visit,
}: {
  /** null: its record cannot be read. */
  refund: Refund | null;
  asksAccount?: boolean;
  proof: FormState<Input>['proof'];
  visit: Visit;
}) {
  if (proof === null && !mayBeAsked(refund, asksAccount, visit)) return null;
  const wrong = proof === null || proof === 'needed' ? undefined : stepUp[proof];
  return <PasswordField id="password" wrong={wrong} say={visit.say} />;
}

export function PasswordField({ id, wrong, say }: { id: string; wrong: Text | undefined; say: Say }) {
  const described = [`${id}-hint`, ...(wrong === undefined ? [] : [`${id}-wrong`])].join(' ');
  return (
    <div class="field">
      <label for={id}>{say(stepUp.password)}</label> <small id={`${id}-hint`}>{say(stepUp.hint)}</small>
      <input
        id={id}
        name="password"
        type="password"
        autocomplete="current-password"
        maxLength={1024}
        aria-describedby={described}
        {...(wrong !== undefined && { 'aria-invalid': true })}
      />
      <WrongLine name={id} wrong={wrong} say={say} />
    </div>
  );
}
