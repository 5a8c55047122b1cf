// Cases: everything that waits for a person, by legal deadline unless asked otherwise. Every view is an address.
import type { System } from '../../compose.ts';
import type { CaseTotals } from '../../domain/case-query.ts';
import type { ListItem } from '../../domain/ledger.ts';
import { sumOf } from '../../policies/amounts.ts';
import { reasonWhy } from '../../policies/case-reasons.ts';
import type { OnCase } from '../../review/beside.ts';
import {
  bulkAddress,
  type CaseView,
  caseFilter,
  casesAddress,
  isFiltered,
  readCaseView,
} from '../case-view.ts';
import { CaseFilters } from '../parts/case-filters.tsx';
import { CaseRows, helpAddress } from '../parts/case-rows.tsx';
import { Layout } from '../parts/layout.tsx';
import type { Page } from '../routes.tsx';
import { needlessIn } from '../shortest.ts';
import type { Visit } from '../visit.ts';
import { bulkWords } from '../words/bulk.ts';
import { cases, casesTitle, lastClosedText, nextText, type Sum, shownText, sumText } from '../words/cases.ts';

const perPage = 50;
/** Further reasons are folded away. */
const groupsShown = 6;

export function casesRoutes(page: Page, system: System): void {
  page('/review/cases', async (visit, request, reply) => {
    const view = readCaseView(request.query);
    const address = casesAddress(view);
    if (needlessIn(request.query, address)) return reply.redirect(address, 303);
    return <CasesPage visit={visit} view={view} found={await findCases(system, view)} />;
  });
}

interface Found {
  readonly items: readonly ListItem[];
  /** In their order: whose they are, and who looks at them. */
  readonly on: readonly OnCase[];
  readonly nextCursor: string | null;
  /** Of the filter without its reason. */
  readonly groups: readonly Group[];
  /** The last case that a person closed; null: none is remembered, or there are cases. */
  readonly lastClosed: { readonly who: string; readonly at: number; readonly order: string | null } | null;
}

interface Group extends Sum {
  readonly reason: string;
  readonly critical: number;
}

async function findCases({ deadLetters, ledger, caseBeside }: System, view: CaseView): Promise<Found> {
  const filter = caseFilter(view);
  const [{ items, nextCursor }, totals] = await Promise.all([
    deadLetters.list({ filter, sort: view.sort, limit: perPage, cursor: view.cursor }),
    deadLetters.totals({ ...filter, reason: undefined }),
  ]);
  const groups = groupsOf(totals);
  const on = await caseBeside.onCases(items);
  return { items, on, nextCursor, groups, lastClosed: items.length > 0 ? null : await lastClosed(ledger) };
}

async function lastClosed(ledger: System['ledger']): Promise<Found['lastClosed']> {
  const [last] = (await ledger.actions({ what: 'resolve', answer: 'done', limit: 1 })).items;
  return last === undefined ? null : { who: last.who, at: last.at, order: last.orderId };
}

/** Where money may move twice first, then the most. */
function groupsOf({ sums }: CaseTotals): Group[] {
  const groups = new Map<string, Group>();
  for (const { reason, severity, count, won, uncounted } of sums) {
    const sum = groups.get(reason) ?? { reason, count: 0, won: 0, uncounted: 0, critical: 0 };
    groups.set(reason, {
      reason,
      count: sum.count + count,
      won: sum.won + won,
      uncounted: sum.uncounted + uncounted,
      critical: sum.critical + (severity === 'critical' ? count : 0),
    });
  }
  return [...groups.values()].sort(
    (one, other) => Number(other.critical > 0) - Number(one.critical > 0) || other.count - one.count,
  );
}

interface CasesProps {
  readonly visit: Visit;
  readonly view: CaseView;
  readonly found: Found;
}

function CasesPage({ visit, view, found }: CasesProps) {
  const { groups } = found;
  const sum = sumOf(groups.filter(({ reason }) => view.reason === undefined || reason === view.reason));
  return (
    <Layout visit={visit} title={casesTitle(sum)} here="cases">
      {/* What htmx replaces when a filter changes: the headline and the list. */}
      <h1 id="cases-title" aria-live="polite">
        {visit.say(casesTitle(sum))}
      </h1>
      <CaseFilters visit={visit} view={view} reasons={groups.map(({ reason }) => reason)} />
      <div id="cases">
        {sum.count === 0 ? (
          <Empty visit={visit} view={view} found={found} />
        ) : (
          <>
            <Groups visit={visit} view={view} groups={groups} />
            <section class="card">
              <CaseRows items={found.items} on={found.on} visit={visit} />
            </section>
            <Pages visit={visit} view={view} found={found} count={sum.count} />
            <p>
              <a href={bulkAddress(view)}>{visit.say(bulkWords.link)}</a>
            </p>
          </>
        )}
      </div>
    </Layout>
  );
}

function Empty({ visit: { say, now }, view, found: { lastClosed: last } }: CasesProps) {
  return (
    <section class="card">
      {isFiltered(view) ? (
        <p>
          {say(cases.noneFits)} <a href={casesAddress({ sort: view.sort })}>{say(cases.clear)}</a>
        </p>
      ) : (
        last !== null && <p>{say(lastClosedText(last, now))}</p>
      )}
    </section>
  );
}

function Groups({ visit, view, groups }: Pick<CasesProps, 'visit' | 'view'> & { groups: readonly Group[] }) {
  const { say } = visit;
  if (groups.length < 2 && view.reason === undefined) return null;
  const [shown, folded] = [groups.slice(0, groupsShown), groups.slice(groupsShown)];
  const list = (some: readonly Group[]) => (
    <ul>
      {some.map((group) => (
        <GroupLine key={group.reason} visit={visit} view={view} group={group} />
      ))}
    </ul>
  );
  return (
    <nav class="card groups" aria-label={say(cases.groups)}>
      <h2>{say(cases.groups)}</h2>
      {list(shown)}
      {folded.length > 0 && (
        <details open={folded.some(({ reason }) => reason === view.reason)}>
          <summary>
            {say(cases.otherGroups)} {folded.length}
          </summary>
          {list(folded)}
        </details>
      )}
    </nav>
  );
}

/** A second click takes the reason away again. */
function GroupLine({ visit: { say }, view, group }: Pick<CasesProps, 'visit' | 'view'> & { group: Group }) {
  const isChosen = group.reason === view.reason;
  const reason = isChosen ? undefined : group.reason;
  return (
    <li>
      <a
        href={casesAddress({ ...view, reason, cursor: undefined })}
        aria-current={isChosen ? 'true' : undefined}
      >
        {say(reasonWhy(group.reason))}
      </a>{' '}
      {say(sumText(group))}{' '}
      <a class="quiet" href={helpAddress(group.reason)}>
        {say(cases.meaning)}
      </a>{' '}
      {/* Critical ones are a person's, each of them. */}
      {group.critical < group.count && (
        <a class="quiet" href={bulkAddress({ ...view, reason: group.reason })}>
          {say(bulkWords.groupLink)}
        </a>
      )}
    </li>
  );
}

function Pages({ visit: { say }, view, found, count }: CasesProps & { count: number }) {
  const { nextCursor, items } = found;
  if (nextCursor === null && view.cursor === undefined) return null;
  return (
    <nav class="buttons" aria-label={say(cases.pages)}>
      {view.cursor !== undefined && (
        <a class="button" href={casesAddress({ ...view, cursor: undefined })}>
          {say(cases.first)}
        </a>
      )}
      {nextCursor !== null && (
        <a class="button" rel="next" href={casesAddress({ ...view, cursor: nextCursor })}>
          {say(nextText(perPage))}
        </a>
      )}
      <span class="quiet">{say(shownText(items.length, count))}</span>
    </nav>
  );
}
