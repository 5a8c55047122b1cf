// Where the money of a refund goes: the account that is kept, or another one, its bank by name and its number twice.
import { banks } from '../../policies/banks.ts';
import type { Checked } from '../forms/case-form.ts';
import type { ReplayInput, WrongReplay } from '../forms/replay-form.ts';
import type { ReplayFacts } from '../pages/replay.tsx';
import type { Visit } from '../visit.ts';
import { replayPage as words } from '../words/replay.ts';
import { Field, Option, tied } from './fields.tsx';

interface Props {
  readonly about: ReplayFacts;
  readonly state: Checked<ReplayInput, WrongReplay>;
  readonly visit: Visit;
}

export function AccountFields({ about: { facts, choices }, state, visit }: Props) {
  const { say } = visit;
  const { account } = facts.refund;
  if (choices.needsAccount) {
    return (
      <fieldset>
        <legend>{say(words.account)}</legend>
        <input type="hidden" name="account" value="new" />
        <AccountInputs state={state} visit={visit} />
      </fieldset>
    );
  }
  const choice = { name: 'account', chosen: state.input.account } as const;
  return (
    <fieldset>
      <legend>{say(words.account)}</legend>
      <Option
        {...choice}
        value="keep"
        label={say(account === 'kept' ? words.keepAccount : words.noAccount)}
      />
      <Option {...choice} value="new" label={say(words.newAccount)}>
        <AccountInputs state={state} visit={visit} />
      </Option>
    </fieldset>
  );
}

function AccountInputs({ state: { input, wrong }, visit: { say } }: Pick<Props, 'state' | 'visit'>) {
  const digits = { inputMode: 'numeric', autocomplete: 'off', maxLength: 60 } as const;
  return (
    <>
      <p class="quiet">{say(words.onlyNewAccount)}</p>
      <Field name="bank" label={say(words.bank)} wrong={wrong.bank} say={say}>
        <select {...tied('bank', { wrong: wrong.bank })}>
          <option value="">{say(words.chooseBank)}</option>
          {banks.map(({ code, name }) => (
            <option key={code} value={code} selected={code === input.bank}>
              {say(name)}
            </option>
          ))}
        </select>
      </Field>
      <Field name="number" label={say(words.number)} wrong={wrong.number} say={say}>
        <input {...tied('number', { wrong: wrong.number })} {...digits} value={input.number} />
      </Field>
      <Field name="number_again" label={say(words.numberAgain)} wrong={wrong.number_again} say={say}>
        <input
          {...tied('number_again', { wrong: wrong.number_again })}
          {...digits}
          value={input.number_again}
        />
      </Field>
      <Field name="holder" label={say(words.holder)} wrong={wrong.holder} say={say}>
        <input
          {...tied('holder', { wrong: wrong.holder })}
          autocomplete="off"
          maxLength={60}
          value={input.holder}
        />
      </Field>
      <p class="quiet">{say(words.accountAfter)}</p>
    </>
  );
}
