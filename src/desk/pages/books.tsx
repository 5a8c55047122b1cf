// The accounting book: what went back in a month, day by day, and the files for whoever keeps the accounts.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { System } from '../../compose.ts';
import type { DayCounts } from '../../domain/day-counts.ts';
import { won } from '../../policies/amounts.ts';
import { seoulDay } from '../../policies/seoul-time.ts';
import { daysOfMonth, daysUntil } from '../../review/book.ts';
import { exportText } from '../../review/export.ts';
import { sendCsv } from '../download.ts';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import type { Page } from '../routes.tsx';
import type { Visit } from '../visit.ts';
import { books, booksTitle, monthFileText, monthText } from '../words/books.ts';
import { pageNames } from '../words/common.ts';
import { dateText } from '../words/time.ts';
import { countText } from '../words/today.ts';

/** What makes no sense is left out. */
const viewSchema = z.object({
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/)
    .optional()
    .catch(undefined),
  day: z.iso.date().optional().catch(undefined),
});

export function booksRoutes(page: Page, system: System): void {
  page('/review/books', async (visit, request) => {
    const month = monthOf(viewSchema.parse(request.query), visit);
    const days = daysUntil(daysOfMonth(month), visit.now);
    const counts = await Promise.all(days.map((day) => system.ledger.day(day)));
    return <BooksPage visit={visit} month={month} days={counts} />;
  });
  page('/review/books.csv', async (visit, request, reply): Promise<FastifyReply> => {
    const view = viewSchema.parse(request.query);
    const name = view.day ?? monthOf(view, visit);
    const days = daysUntil(view.day === undefined ? daysOfMonth(name) : [view.day], visit.now);
    const asked = { days, format: 'csv', language: visit.language } as const;
    return sendCsv(reply, `refunds-${name}.csv`, exportText(system, asked));
  });
}

/** Not the future. */
function monthOf({ month }: z.infer<typeof viewSchema>, { now }: Visit): string {
  const current = seoulDay(now).slice(0, 7);
  return month === undefined || month > current ? current : month;
}

interface BooksProps {
  readonly visit: Visit;
  /** Such as 2026-11. */
  readonly month: string;
  readonly days: readonly DayCounts[];
}

function BooksPage({ visit, month, days }: BooksProps) {
  const { say } = visit;
  const sum = (kind: 'succeeded' | 'won') => days.reduce((all, { totals }) => all + totals[kind], 0);
  const busy = days.filter(({ totals }) => totals.succeeded + totals.resolved > 0 || totals.won !== 0);
  return (
    <Layout visit={visit} title={pageNames.books} here="books">
      <h1>{say(booksTitle(month, { count: sum('succeeded'), amount: sum('won') }))}</h1>
      <Months visit={visit} month={month} />
      <Card title={say(books.days)}>
        {busy.length === 0 ? <p>{say(books.quiet)}</p> : <Days visit={visit} days={busy} />}
        <p class="buttons after">
          <a class="button main" href={`/review/books.csv?month=${month}`}>
            {say(monthFileText(month))}
          </a>
        </p>
      </Card>
      <Card title={say(books.about)}>
        <ul>
          {[books.dayMeans, books.byHand, books.sums, books.noAccounts].map((text) => (
            <li key={text.en}>{say(text)}</li>
          ))}
        </ul>
      </Card>
    </Layout>
  );
}

function Months({ visit: { say, now }, month }: Omit<BooksProps, 'days'>) {
  const current = seoulDay(now).slice(0, 7);
  const beside = [monthBeside(month, -1), monthBeside(month, 1)].filter((other) => other <= current);
  return (
    <div class="day-head">
      <nav class="buttons" aria-label={say(books.months)}>
        {beside.map((other) => (
          <a key={other} href={`/review/books?month=${other}`}>
            {say(monthText(other))}
          </a>
        ))}
      </nav>
      <form class="filters month" action="/review/books">
        <label>
          {say(books.month)}
          <input type="month" name="month" value={month} max={current} placeholder="2026-11" />
        </label>
        <button type="submit">{say(books.show)}</button>
      </form>
    </div>
  );
}

function monthBeside(month: string, more: number): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + more, 1)).toISOString().slice(0, 7);
}

function Days({ visit: { say, now }, days }: Omit<BooksProps, 'month'>) {
  return (
    <table class="rows named">
      <thead>
        <tr>
          {(['day', 'refunded', 'won', 'closed', 'file'] as const).map((name) => (
            <th key={name} scope="col" class={name === 'day' || name === 'file' ? undefined : 'money'}>
              {say(books[name])}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {days.map(({ day, totals }) => (
          <tr key={day} data-row>
            <td>
              <a href={`/review?day=${day}`}>{say(dateText(Date.parse(`${day}T12:00:00+09:00`), now))}</a>
            </td>
            <td class="money" data-name={say(books.refunded)}>
              {say(countText(totals.succeeded))}
            </td>
            <td class="money" data-name={say(books.won)}>
              {say(won(totals.won))}
            </td>
            <td class="money" data-name={say(books.closed)}>
              {say(countText(totals.resolved))}
            </td>
            <td>
              <a href={`/review/books.csv?day=${day}`}>{say(books.download)}</a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
