// The first page of many at once: which cases, how many and how much, the way to a preview, and what was done before.
import type { Bulk, BulkFilter } from '../../domain/bulk.ts';
import type { CaseTotals } from '../../domain/case-query.ts';
import { isAtLeast } from '../../domain/people.ts';
import type { Text } from '../../domain/problem.ts';
import { sumOf, won } from '../../policies/amounts.ts';
import { reasonWhy } from '../../policies/case-reasons.ts';
import { methodWords } from '../../policies/method-words.ts';
import { type CaseView, caseFilter, casesAddress } from '../case-view.ts';
import type { Visit } from '../visit.ts';
import { bulkTitle, bulkWords, countOf, stateText, sumText } from '../words/bulk.ts';
import { cases } from '../words/cases.ts';
import { join, same } from '../words/say.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Layout } from './layout.tsx';
import { Moment } from './time.tsx';

interface BulkHomeProps {
  readonly visit: Visit;
  readonly view: CaseView;
  /** null: nothing is chosen yet. */
  readonly totals: CaseTotals | null;
  readonly recent: readonly Bulk[];
}

export function BulkHome({ visit, view, totals, recent }: BulkHomeProps) {
  const { say } = visit;
  return (
    <Layout visit={visit} title={bulkWords.title} here="bulk">
      <h1>{say(bulkWords.title)}</h1>
      <Card title={say(bulkWords.subject)}>
        {totals === null ? (
          <>
            <p>{say(bulkWords.choose)}</p>
            <a class="button" href="/review/cases">
              {say(bulkWords.toCases)}
            </a>
          </>
        ) : (
          <Chosen visit={visit} view={view} totals={totals} />
        )}
      </Card>
      <Card title={say(bulkWords.recent)}>
        {recent.length === 0 ? <p>{say(bulkWords.none)}</p> : <Recent visit={visit} recent={recent} />}
      </Card>
    </Layout>
  );
}

function Chosen({ visit, view, totals }: { visit: Visit; view: CaseView; totals: CaseTotals }) {
  const { say, csrf, person } = visit;
  const sum = sumOf(totals.sums);
  return (
    <>
      <p class="lead">
        {say(filterText(caseFilter(view)))}: <strong>{say(sumText(sum))}</strong>
      </p>
      {sum.count === 0 && <p>{say(bulkWords.noneFits)}</p>}
      {sum.count > 0 && isAtLeast(person.role, 'reviewer') && (
        <form method="post" action="/review/bulk" data-once>
          <input type="hidden" name="_csrf" value={csrf} />
          {Object.entries(view).map(
            ([name, value]) =>
              value !== undefined && <input key={name} type="hidden" name={name} value={String(value)} />,
          )}
          <p>{say(bulkWords.previewHint)}</p>
          <div class="buttons">
            <button class="main" type="submit">
              {say(bulkWords.preview)}
            </button>
            <a class="button" href={casesAddress(view)}>
              {say(bulkWords.change)}
            </a>
          </div>
        </form>
      )}
      {!isAtLeast(person.role, 'reviewer') && <p>{say(bulkWords.onlyReviewers)}</p>}
    </>
  );
}

/** The parts of a filter, as the list of cases names them. */
export function filterText(filter: BulkFilter): Text {
  const { text, reason, method, minWon, maxWon, orderId, code, pgCode, olderThanMs, assignedTo } = filter;
  const parts: Text[] = [];
  const named = (label: Text, value: Text) => parts.push(join([label, value]));
  if (text !== undefined) parts.push(same(`“${text}”`));
  if (orderId !== undefined) named(bulkWords.order, same(orderId));
  if (reason !== undefined) parts.push(reasonWhy(reason));
  if (filter.case !== undefined) parts.push(same(filter.case));
  if (code !== undefined) parts.push(same(code));
  if (pgCode !== undefined) parts.push(same(`PG ${pgCode}`));
  if (method !== undefined) parts.push(methodWords[method]);
  if (minWon !== undefined) named(cases.min, won(minWon));
  if (maxWon !== undefined) named(cases.max, won(maxWon));
  if (olderThanMs !== undefined) named(cases.older, waitedText(olderThanMs));
  if (assignedTo !== undefined) parts.push(same(assignedTo));
  return parts.length === 0 ? bulkWords.everything : join(parts, ' · ');
}

function waitedText(ms: number): Text {
  const hours = ms / 3_600_000;
  if (hours >= 24) return { ko: `${hours / 24}일 넘게`, en: `over ${hours / 24} days` };
  return hours >= 1
    ? { ko: `${hours}시간 넘게`, en: `over ${hours} h` }
    : { ko: `${Math.round(ms / 60_000)}분 넘게`, en: `over ${Math.round(ms / 60_000)} min` };
}

function Recent({ visit, recent }: { visit: Visit; recent: readonly Bulk[] }) {
  const { say } = visit;
  return (
    <table class="rows">
      <thead>
        <tr>
          {(['when', 'state', 'cases', 'who', 'why'] as const).map((name) => (
            <th key={name} scope="col">
              {say(bulkWords[name])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {recent.map((bulk) => (
          <tr key={bulk.id} data-row>
            <td>
              <Moment at={(bulk.start ?? bulk.made).at} visit={visit} />
            </td>
            <td>
              <Badge tone={toneOf(bulk)}>{say(stateText(bulk))}</Badge>
            </td>
            <td>
              <a href={`/review/bulk/${bulk.id}`}>{say(bulkTitle(bulk))}</a>
              <small>
                {say(filterText(bulk.made.filter))} · {say(countOf(bulk.list?.count ?? 0))}
              </small>
            </td>
            <td>{(bulk.start ?? bulk.made).who}</td>
            <td>{bulk.start?.reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function toneOf({ state }: Bulk): 'good' | 'warn' | 'plain' {
  return state === 'done' ? 'good' : state === 'stopped' ? 'warn' : 'plain';
}
