// The form that starts what was previewed: why, how fast, and how many.
import type { Bulk } from '../../domain/bulk.ts';
import { isAtLeast } from '../../domain/people.ts';
import type { BulkInput, WrongStart } from '../bulk-form.ts';
import type { Visit } from '../visit.ts';
import { bulkWords, startText, toStart } from '../words/bulk.ts';
import { ReasonField } from './act-fields.tsx';
import { Card } from './card.tsx';
import { Field, tied } from './fields.tsx';

interface StartFormProps {
  readonly visit: Visit;
  readonly bulk: Bulk;
  readonly input: BulkInput;
  readonly wrong: WrongStart;
}

export function StartForm({ visit, bulk, input, wrong }: StartFormProps) {
  const { say, csrf, person } = visit;
  const { count } = toStart(bulk);
  if (count === 0)
    return (
      <Card>
        <p>{say(bulkWords.nothingToStart)}</p>
      </Card>
    );
  if (!isAtLeast(person.role, 'reviewer'))
    return (
      <Card>
        <p>{say(bulkWords.onlyReviewers)}</p>
      </Card>
    );
  return (
    <Card>
      <form class="fields bulk-start" method="post" action={`/review/bulk/${bulk.id}/start`} data-once>
        <input type="hidden" name="_csrf" value={csrf} />
        <ReasonField value={input.reason} wrong={wrong.reason} say={say} />
        <Field
          name="per_minute"
          label={say(bulkWords.perMinute)}
          hint={say(bulkWords.perMinuteHint)}
          wrong={wrong.per_minute}
          say={say}
        >
          <input
            {...tied('per_minute', { hint: true, wrong: wrong.per_minute })}
            inputmode="numeric"
            value={input.per_minute}
            required
          />
        </Field>
        <p>{say(bulkWords.before)}</p>
        <div class="buttons">
          <button class="main" type="submit">
            {say(startText(count))}
          </button>
        </div>
      </form>
    </Card>
  );
}
