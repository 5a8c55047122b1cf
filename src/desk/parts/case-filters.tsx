// The filters of the list of cases: one form that is an address. With JavaScript a change is enough, without it the button.
import type { ComponentChildren } from 'preact';
import { caseSorts } from '../../domain/case-query.ts';
import { paymentMethods } from '../../domain/reply.ts';
import { reasonWhy } from '../../policies/case-reasons.ts';
import { methodWords } from '../../policies/method-words.ts';
import type { CaseView } from '../case-view.ts';
import type { Visit } from '../visit.ts';
import { cases, sortNames, waits } from '../words/cases.ts';

interface CaseFiltersProps {
  readonly visit: Visit;
  readonly view: CaseView;
  /** Those that cases have now. */
  readonly reasons: readonly string[];
}

export function CaseFilters({ visit: { say }, view, reasons }: CaseFiltersProps) {
  const { q, reason, method, min, max, older, sort } = view;
  const offered = reason === undefined || reasons.includes(reason) ? reasons : [reason, ...reasons];
  return (
    <form
      class="case-filters"
      action="/review/cases"
      aria-label={say(cases.filters)}
      hx-get="/review/cases"
      hx-trigger="change, submit"
      hx-target="#cases"
      hx-select="#cases"
      hx-select-oob="#cases-title"
      hx-swap="outerHTML"
      hx-push-url="true"
      hx-sync="this:replace"
    >
      <div class="filters">
        <label>
          <span class="hidden">{say(cases.text)}</span>
          <input type="search" name="q" value={q ?? ''} maxLength={128} placeholder={say(cases.text)} />
        </label>
        <Choice name="reason" label={say(cases.reason)}>
          <option value="">{say(cases.allReasons)}</option>
          {offered.map((name) => (
            <option key={name} value={name} selected={name === reason}>
              {say(reasonWhy(name))}
            </option>
          ))}
        </Choice>
        <Choice name="method" label={say(cases.method)}>
          <option value="">{say(cases.allMethods)}</option>
          {paymentMethods.map((name) => (
            <option key={name} value={name} selected={name === method}>
              {say(methodWords[name])}
            </option>
          ))}
        </Choice>
        <Choice name="sort" label={say(cases.sort)}>
          {caseSorts.map((name) => (
            <option key={name} value={name} selected={name === sort}>
              {say(sortNames[name])}
            </option>
          ))}
        </Choice>
        <button type="submit">{say(cases.find)}</button>
      </div>
      <details open={[min, max, older].some((part) => part !== undefined)}>
        <summary>{say(cases.more)}</summary>
        <div class="filters">
          <label>
            {say(cases.min)}
            <input name="min" inputmode="numeric" value={min ?? ''} />
          </label>
          <label>
            {say(cases.max)}
            <input name="max" inputmode="numeric" value={max ?? ''} />
          </label>
          <label>
            {say(cases.older)}
            <select name="older">
              <option value="">{say(cases.anyWait)}</option>
              {Object.entries(waits).map(([name, text]) => (
                <option key={name} value={name} selected={name === older}>
                  {say(text)}
                </option>
              ))}
              {older !== undefined && !(older in waits) && (
                <option value={older} selected>
                  {older}
                </option>
              )}
            </select>
          </label>
        </div>
      </details>
    </form>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** The first option says what is chosen among, so that the label need not be seen. */
function Choice({ name, label, children }: ChoiceProps) {
  return (
    <label>
      <span class="hidden">{label}</span>
      <select name={name}>{children}</select>
    </label>
  );
}
