// The log: what people did and wanted to do, newest first, with what came of it. Refused sign-ins are in it too.
import type { System } from '../../compose.ts';
import type { ActionPage, StoredAction } from '../../domain/action.ts';
import { csvOf } from '../../policies/csv.ts';
import { seoulDay } from '../../policies/seoul-time.ts';
import { sendCsv } from '../download.ts';
import { logColumns, logPages } from '../log-file.ts';
import { actionQuery, type LogView, logAddress, logFileAddress, readLogView } from '../log-view.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Layout } from '../parts/layout.tsx';
import { Moment } from '../parts/time.tsx';
import type { Page } from '../routes.tsx';
import { needlessIn } from '../shortest.ts';
import type { Visit } from '../visit.ts';
import { pageNames } from '../words/common.ts';
import { answerText, editText, kindText, log, ruleText, viaText } from '../words/log.ts';

const perPage = 50;

export function logRoutes(page: Page, { ledger, config }: System): void {
  const names = config.operators.map(({ name }) => name);
  page('/review/log', async (visit, request, reply) => {
    const view = readLogView(request.query);
    const address = logAddress(view);
    if (needlessIn(request.query, address)) return reply.redirect(address, 303);
    const found = await ledger.actions({ ...actionQuery(view), limit: perPage });
    return <LogPage visit={visit} view={view} found={found} names={names} />;
  });
  page('/review/log.csv', async ({ say, now }, request, reply) => {
    const { cursor: _, ...view } = readLogView(request.query);
    const pages = logPages(ledger, actionQuery(view), say);
    return sendCsv(reply, `log-${seoulDay(now)}.csv`, csvOf(logColumns(say), pages));
  });
}

interface LogProps {
  readonly visit: Visit;
  readonly view: LogView;
  readonly found: ActionPage;
  /** Of those who may sign in. */
  readonly names: readonly string[];
}

function LogPage({ visit, view, found, names }: LogProps) {
  const { say } = visit;
  return (
    <Layout visit={visit} title={pageNames.log} here="log">
      <h1>{say(log.title)}</h1>
      <Filters visit={visit} view={view} names={names} />
      <div id="log">
        <section class="card">
          {found.items.length === 0 ? (
            <Empty visit={visit} view={view} next={found.nextCursor} />
          ) : (
            <Rows items={found.items} visit={visit} />
          )}
        </section>
        <Pages visit={visit} view={view} next={found.nextCursor} />
        <p class="buttons">
          <a class="button" href={logFileAddress(view)}>
            {say(log.file)}
          </a>
        </p>
      </div>
    </Layout>
  );
}

function Filters({ visit: { say }, view, names }: Omit<LogProps, 'found'>) {
  return (
    <form
      class="filters log-filters"
      action="/review/log"
      aria-label={say(log.filters)}
      hx-get="/review/log"
      hx-trigger="change, submit"
      hx-target="#log"
      hx-select="#log"
      hx-swap="outerHTML"
      hx-push-url="true"
      hx-sync="this:replace"
    >
      <label>
        {say(log.about)}
        <input type="search" name="about" value={view.about ?? ''} maxLength={128} />
      </label>
      <label>
        {say(log.who)}
        <input name="who" value={view.who ?? ''} maxLength={60} list="names" autocomplete="off" />
      </label>
      <datalist id="names">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label>
        {say(log.from)}
        <input type="date" name="from" value={view.from ?? ''} />
      </label>
      <label>
        {say(log.to)}
        <input type="date" name="to" value={view.to ?? ''} />
      </label>
      <button type="submit">{say(log.find)}</button>
    </form>
  );
}

function Empty({ visit: { say }, view, next }: Pick<LogProps, 'visit' | 'view'> & { next: string | null }) {
  if (logAddress(view) === logAddress({})) return <p>{say(log.none)}</p>;
  return (
    <p>
      {say(next === null ? log.noneFits : log.noneSoFar)} <a href={logAddress({})}>{say(log.clear)}</a>
    </p>
  );
}

function Rows({ items, visit }: { items: readonly StoredAction[]; visit: Visit }) {
  const { say } = visit;
  return (
    <table class="rows log">
      <thead>
        <tr>
          {(['when', 'who', 'what', 'why', 'result'] as const).map((name) => (
            <th key={name} scope="col">
              {say(log[name])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((action) => (
          <Row key={action.id} action={action} visit={visit} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ action, visit }: { action: StoredAction; visit: Visit }) {
  const { say } = visit;
  const { at, who, via, what, reason, answer, rule } = action;
  return (
    <tr data-row>
      <td>
        <Moment at={at} visit={visit} />
      </td>
      <td>
        {who === '' ? say(log.unknownName) : who}
        <small>{say(viaText(via))}</small>
      </td>
      <td>
        {say(kindText(what))}
        <Subject action={action} />
        <Edits action={action} visit={visit} />
      </td>
      <td>{reason}</td>
      <td>
        <Badge tone={toneOf(answer)}>{say(answerText(answer))}</Badge>
        {rule !== null && <small>{say(ruleText(rule))}</small>}
      </td>
    </tr>
  );
}

function Subject({ action: { refundId, orderId, bulk } }: { action: StoredAction }) {
  if (refundId === null)
    return bulk === null ? null : (
      <a class="code" href={`/review/bulk/${bulk}`}>
        {bulk}
      </a>
    );
  return (
    <div>
      <a href={`/review/cases/${refundId}`}>{orderId ?? refundId}</a>
    </div>
  );
}

function Edits({ action: { edits }, visit: { say } }: { action: StoredAction; visit: Visit }) {
  const texts = Object.entries(edits).map(([name, value]) => say(editText(name, value)));
  return texts.length === 0 ? null : <small>{texts.join(' · ')}</small>;
}

function toneOf(answer: string): Tone {
  switch (answer) {
    case 'done':
      return 'good';
    case 'unchanged':
      return 'plain';
    default:
      return 'warn';
  }
}

function Pages({ visit: { say }, view, next }: Pick<LogProps, 'visit' | 'view'> & { next: string | null }) {
  if (next === null && view.cursor === undefined) return null;
  return (
    <nav class="buttons" aria-label={say(log.pages)}>
      {view.cursor !== undefined && (
        <a class="button" href={logAddress({ ...view, cursor: undefined })}>
          {say(log.first)}
        </a>
      )}
      {next !== null && (
        <a class="button" rel="next" href={logAddress({ ...view, cursor: next })}>
          {say(log.older)}
        </a>
      )}
    </nav>
  );
}
