// Today: what went back, what waits for a person, and whether refunds are being sent. Any other day: what happened on it.
import { z } from 'zod';
import type { System } from '../../compose.ts';
import type { DayCounts } from '../../domain/day-counts.ts';
import type { ListItem } from '../../domain/ledger.ts';
import type { Text } from '../../domain/problem.ts';
import { sumOf } from '../../policies/amounts.ts';
import { addSeoulDays, seoulDay } from '../../policies/seoul-time.ts';
import type { OnCase } from '../../review/beside.ts';
import { waitingOf } from '../../standstills/standing.ts';
import { Card } from '../parts/card.tsx';
import { CaseRows } from '../parts/case-rows.tsx';
import { DayChart } from '../parts/day-chart.tsx';
import { Layout } from '../parts/layout.tsx';
import { Standstills, WayCard, type WayFacts } from '../parts/way-card.tsx';
import type { Page } from '../routes.tsx';
import type { Visit } from '../visit.ts';
import { pageNames } from '../words/common.ts';
import { same } from '../words/say.ts';
import {
  countText,
  dayLinkText,
  dayTitle,
  earliestText,
  handledText,
  outOfText,
  passedText,
  today,
  waitingNote,
} from '../words/today.ts';

const firstCases = 5;

/** Not the future, and no day that does not exist. */
const querySchema = z.object({ day: z.iso.date().optional().catch(undefined) });

export function todayRoutes(page: Page, system: System): void {
  page('/review', async (visit, request) => {
    const { day: asked } = querySchema.parse(request.query);
    const now = seoulDay(visit.now);
    if (asked === undefined || asked >= now) {
      return <TodayPage visit={visit} found={await findToday(system, visit)} />;
    }
    return <DayPage visit={visit} day={await system.ledger.day(asked)} />;
  });
}

interface Found {
  readonly day: DayCounts;
  readonly first: readonly ListItem[];
  /** Whose each of them is, and who looks at it. */
  readonly on: readonly OnCase[];
  readonly waiting: CasesNow;
  /** Refunds whose outcome is being checked. */
  readonly unknown: number;
  readonly way: WayFacts;
}

interface CasesNow {
  readonly count: number;
  readonly won: number;
  readonly uncounted: number;
  readonly critical: number;
  readonly overdue: number;
  readonly firstRefundBy: number | null;
}

async function findToday(system: System, visit: Visit): Promise<Found> {
  const { ledger, deadLetters } = system;
  const [day, totals, { items: first }, { byState }] = await Promise.all([
    ledger.day(seoulDay(visit.now)),
    deadLetters.totals({}),
    deadLetters.list({ filter: {}, sort: 'due', limit: firstCases }),
    ledger.counts(),
  ]);
  const { sums, overdue, firstRefundBy } = totals;
  const critical = sumOf(sums.filter(({ severity }) => severity === 'critical')).count;
  const queued = byState.queued + byState.sending + byState.waiting_retry;
  return {
    day,
    first,
    on: await system.caseBeside.onCases(first),
    waiting: { ...sumOf(sums), critical, overdue, firstRefundBy },
    unknown: byState.unknown,
    way: await findWay(system, visit, { queued, open: queued + byState.unknown }),
  };
}

async function findWay(
  system: System,
  { way }: Visit,
  { queued, open }: { readonly queued: number; readonly open: number },
): Promise<WayFacts> {
  const [{ running, callsUsed }, answeredAt, reconciliation] = await Promise.all([
    system.pace(),
    lastAnswerAt(system),
    system.ledger.lastReconciliation(),
  ]);
  return {
    callsUsed,
    callsAllowed: system.config.bootpay.callsPerSecond,
    queued,
    answeredAt,
    workers: running,
    reconciliation,
    waiting: way.waiting ?? (way.heldBy === null ? null : await waitingOf(system, open)),
  };
}

/** Of the last usable look-up, as the refunds of its receipt keep it. */
async function lastAnswerAt({ ledger }: System): Promise<number | null> {
  const receiptId = await ledger.lastAnsweredReceipt();
  if (receiptId === null) return null;
  const { items } = await ledger.list({ receiptId, limit: 20 });
  const times = items.flatMap(({ lastLookUp, attempts }) => [
    ...(lastLookUp === null ? [] : [lastLookUp.at]),
    ...attempts.flatMap(({ outcome }) =>
      outcome === null || outcome.httpStatus === null ? [] : [outcome.at],
    ),
  ]);
  return times.length === 0 ? null : Math.max(...times);
}

function TodayPage({ visit, found }: { visit: Visit; found: Found }) {
  const { say, now } = visit;
  const { day, first, on, waiting, way } = found;
  const title = dayTitle({ counts: day.totals, cases: waiting.count }, { day: now, now });
  return (
    <Layout visit={visit} title={pageNames.today} here="today">
      <DayHead visit={visit} title={title} at={now} />
      <Standstills visit={visit} waiting={way.waiting} />
      <FiguresNow visit={visit} found={found} />
      <div class="columns">
        <Card title={say(today.chart)}>
          <DayChart day={day} say={say} />
        </Card>
        <WayCard visit={visit} facts={way} />
      </div>
      <Card title={say(today.first)}>
        {first.length === 0 ? (
          <p>{say(today.noCases)}</p>
        ) : (
          <>
            <CaseRows items={first} on={on} visit={visit} />
            <p class="buttons after">
              <a class="button" href="/review/cases">
                {say(today.allCases)} ({say(countText(waiting.count))})
              </a>
            </p>
          </>
        )}
      </Card>
    </Layout>
  );
}

function DayPage({ visit, day }: { visit: Visit; day: DayCounts }) {
  const { say, now } = visit;
  const { totals } = day;
  const at = Date.parse(`${day.day}T12:00:00+09:00`);
  return (
    <Layout visit={visit} title={same(day.day)} here="today">
      <DayHead visit={visit} title={dayTitle({ counts: totals, cases: 0 }, { day: at, now })} at={at} />
      <section class="figures" aria-label={say(today.figures)}>
        <Unaided counts={day} say={say} />
        <Figure name={say(today.accepted)} value={say(countText(totals.accepted))} note="" />
        <Figure name={say(today.toPeople)} value={say(countText(totals.dead_lettered))} note="" />
        <Figure
          name={say(today.byPeople)}
          value={say(countText(totals.replayed + totals.resolved))}
          note={say(handledText(totals))}
        />
      </section>
      <Card title={say(today.chart)}>
        <DayChart day={day} say={say} />
      </Card>
    </Layout>
  );
}

/** The sentence, and the ways to the days beside it. */
function DayHead({ visit: { say, now }, title, at }: { visit: Visit; title: Text; at: number }) {
  const isToday = seoulDay(at) === seoulDay(now);
  const beside = isToday ? [-1] : [-1, 1];
  const days = beside.map((more) => addSeoulDays(at, more)).filter((day) => seoulDay(day) !== seoulDay(now));
  return (
    <div class="day-head">
      <h1>{say(title)}</h1>
      <nav class="buttons" aria-label={say(today.days)}>
        {days.map((day) => (
          <a key={day} href={`/review?day=${seoulDay(day)}`}>
            {say(dayLinkText(day, now))}
          </a>
        ))}
        {!isToday && <a href="/review">{say(today.now)}</a>}
      </nav>
    </div>
  );
}

function FiguresNow({ visit: { say, now }, found }: { visit: Visit; found: Found }) {
  const { day, waiting, unknown } = found;
  const { overdue, firstRefundBy } = waiting;
  return (
    <section class="figures" aria-label={say(today.figures)}>
      <Unaided counts={day} say={say} />
      <Figure
        name={say(today.waiting)}
        value={say(countText(waiting.count))}
        note={waiting.count === 0 ? '' : say(waitingNote(waiting, waiting.critical))}
        href="/review/cases"
      />
      <Figure
        name={say(today.due)}
        value={say(overdue === 0 ? today.nonePassed : passedText(overdue))}
        note={firstRefundBy === null ? '' : say(earliestText(firstRefundBy, now))}
      />
      <Figure
        name={say(today.unknown)}
        value={say(countText(unknown))}
        note={unknown === 0 ? '' : say(today.unknownNote)}
      />
    </section>
  );
}

/** Of all that came to an end or to a person: the part that no person had to see. */
function Unaided({ counts: { totals }, say }: { counts: DayCounts; say: Visit['say'] }) {
  const { unaided, dead_lettered: toPeople } = totals;
  const all = unaided + toPeople;
  return (
    <Figure
      name={say(today.unaided)}
      value={all === 0 ? say(today.none) : `${Math.floor((unaided / all) * 100)}%`}
      note={all === 0 ? '' : say(outOfText(unaided, all))}
    />
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly href?: string;
}

function Figure({ name, value, note, href }: FigureProps) {
  return (
    <section class="card">
      <div class="quiet">{name}</div>
      <div class="figure">
        {href === undefined ? (
          value
        ) : (
          <a class="as-text" href={href}>
            {value}
          </a>
        )}
      </div>
      <div class="quiet">{note}</div>
    </section>
  );
}
