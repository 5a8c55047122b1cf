// One bulk: how far it is, what became of its cases in sum, its buttons, and each case. What moves is replaced every two
// seconds while there is work left; without JavaScript a link does the same.
import { type Bulk, hasWork, type Verdicts } from '../../domain/bulk.ts';
import { isAtLeast } from '../../domain/people.ts';
import { won } from '../../policies/amounts.ts';
import { bulkResultText } from '../../policies/bulk-words.ts';
import type { BulkFound, BulkInput, WrongStart } from '../bulk-form.ts';
import type { Kept } from '../kept-input.ts';
import type { Visit } from '../visit.ts';
import { keptText } from '../words/acts.ts';
import {
  againText,
  bulkRuleText,
  bulkTitle,
  bulkWords,
  busyText,
  countOf,
  newlyText,
  previewGroups,
  saidOf,
  startedText,
} from '../words/bulk.ts';
import { pageNames } from '../words/common.ts';
import { Badge } from './badge.tsx';
import { BulkCases } from './bulk-cases.tsx';
import { filterText } from './bulk-home.tsx';
import { StartForm } from './bulk-start.tsx';
import { Card } from './card.tsx';
import { Layout } from './layout.tsx';

interface BulkPageProps {
  readonly visit: Visit;
  readonly found: BulkFound;
  readonly input: BulkInput;
  readonly wrong: WrongStart;
  /** The one that runs, where a start was refused because of it. */
  readonly busy: Bulk | null;
  readonly kept: Kept['why'] | null;
}

export function BulkPage(props: BulkPageProps) {
  const { visit, found, busy, kept } = props;
  const { say } = visit;
  const { bulk } = found;
  return (
    <Layout visit={visit} title={bulkTitle(bulk)} here="bulk">
      <p class="crumbs">
        <a href="/review/bulk">{say(pageNames.bulk)}</a> › {say(filterText(bulk.made.filter))}
      </p>
      <h1 id="bulk-title" class="with-badges">
        <span>{say(bulkTitle(bulk))}</span>{' '}
        {hasWork(bulk.state) && bulk.stop !== null && <Badge tone="warn">{say(bulkWords.stopping)}</Badge>}
      </h1>
      {kept !== null && (
        <Card tone="warn">
          <p role="status">{say(keptText(kept))}</p>
        </Card>
      )}
      {busy !== null && (
        <Card tone="warn">
          <p role="alert">
            {say(busyText(busy))} <a href={`/review/bulk/${busy.id}`}>{say(bulkTitle(busy))}</a>
          </p>
        </Card>
      )}
      <Moving {...props} />
    </Layout>
  );
}

function Moving({ visit, found, input, wrong }: BulkPageProps) {
  const { say, now } = visit;
  const { bulk, from } = found;
  const isMoving = hasWork(bulk.state);
  // With the rate: a form that appears later than the page has it as well.
  const address = `/review/bulk/${bulk.id}?from=${from}&per_minute=${encodeURIComponent(input.per_minute)}`;
  const polls = {
    'hx-get': address,
    'hx-trigger': 'every 2s',
    'hx-select': '#bulk',
    'hx-select-oob': '#bulk-title',
    'hx-swap': 'outerHTML',
  };
  return (
    <div id="bulk" {...(isMoving && polls)}>
      <p>{say(startedText(bulk, now))}</p>
      {isMoving && <Progress visit={visit} bulk={bulk} address={address} />}
      <Groups visit={visit} bulk={bulk} kind={bulk.start === null ? 'previews' : 'results'} />
      {bulk.state === 'previewed' && <StartForm {...{ visit, bulk, input, wrong }} />}
      {found.newly !== null && found.newly > 0 && <p>{say(newlyText(found.newly))}</p>}
      {!isMoving && <Again visit={visit} bulk={bulk} />}
      <BulkCases visit={visit} found={found} />
    </div>
  );
}

function Progress({ visit, bulk, address }: { visit: Visit; bulk: Bulk; address: string }) {
  const { say, csrf, person } = visit;
  const all = bulk.list?.count ?? 0;
  const said = saidOf(bulk.state === 'previewing' ? bulk.previews : bulk.results);
  const mayStop = bulk.stop === null && isAtLeast(person.role, 'reviewer');
  return (
    <Card>
      <progress max={Math.max(all, 1)} value={said} aria-label={say(bulkTitle(bulk))} />
      <div class="buttons">
        {mayStop && (
          <form method="post" action={`/review/bulk/${bulk.id}/stop`} data-once>
            <input type="hidden" name="_csrf" value={csrf} />
            <button type="submit" aria-describedby="stop-hint">
              {say(bulkWords.stop)}
            </button>
          </form>
        )}
        <a href={address}>{say(bulkWords.refresh)}</a>
      </div>
      {mayStop && <small id="stop-hint">{say(bulkWords.stopHint)}</small>}
    </Card>
  );
}

/** The list of this one stays as it is; another one takes what fits now. */
function Again({ visit: { say, csrf, person }, bulk }: { visit: Visit; bulk: Bulk }) {
  if (!isAtLeast(person.role, 'reviewer')) return null;
  return (
    <form class="again" method="post" action={`/review/bulk/${bulk.id}/again`} data-once>
      <input type="hidden" name="_csrf" value={csrf} />
      <button type="submit">{say(againText(bulk))}</button>
    </form>
  );
}

/** What a preview showed is shown as long as nothing was started; then what became of it. */
function Groups({ visit, bulk, kind }: { visit: Visit; bulk: Bulk; kind: Verdicts }) {
  const { say } = visit;
  const order = Object.keys(previewGroups);
  const sums = Object.entries(bulk[kind]).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  if (sums.length === 0) return null;
  return (
    <div class="figures bulk-figures">
      {sums.map(([result, { count, won: amount, uncounted }]) => (
        <section class="card" key={result}>
          <h2>{say(bulkResultText(result))}</h2>
          <div class="figure">{say(countOf(count))}</div>
          <small>
            {say(uncounted === count ? bulkWords.unknownAmount : won(amount))}
            {kind === 'previews' && isGroup(result) && ` · ${say(previewGroups[result])}`}
          </small>
          <Why visit={visit} bulk={bulk} kind={kind} result={result} />
        </section>
      ))}
    </div>
  );
}

function isGroup(result: string): result is keyof typeof previewGroups {
  return Object.hasOwn(previewGroups, result);
}

function Why({
  visit: { say },
  bulk,
  kind,
  result,
}: {
  visit: Visit;
  bulk: Bulk;
  kind: Verdicts;
  result: string;
}) {
  const rules = Object.entries(bulk.rules[kind]).filter(([name]) => name.startsWith(`${result}/`));
  if (rules.length === 0) return null;
  return (
    <ul class="bare">
      {rules.map(([name, { count }]) => (
        <li key={name}>
          <small>
            {say(bulkRuleText(name.slice(result.length + 1)))} {say(countOf(count))}
          </small>
        </li>
      ))}
    </ul>
  );
}
