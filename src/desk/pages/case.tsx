// One refund: what became of it, why it stopped and what can be done, where the money is, and the look again.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { System } from '../../compose.ts';
import { type RefundId, refundIdSchema } from '../../domain/ids.ts';
import type { Text } from '../../domain/problem.ts';
import { isEnded, isOpen } from '../../domain/states.ts';
import { leftWon, won } from '../../policies/amounts.ts';
import { isNotThere, needsAcknowledgement } from '../../policies/replay-rules.ts';
import { reasonsNotLooked } from '../../review/look-again.ts';
import { purgedText } from '../../review/read-record.ts';
import { takeKept } from '../kept-input.ts';
import { WaitsForApproval } from '../parts/approval-cards.tsx';
import { BesideCard, OnCaseBadges, type TypedNote } from '../parts/beside-card.tsx';
import { Card } from '../parts/card.tsx';
import { CaseDetails } from '../parts/case-details.tsx';
import { CaseReason, UnreadReason } from '../parts/case-reason.tsx';
import { Layout } from '../parts/layout.tsx';
import { type LookAnswer, MoneyCard } from '../parts/money-card.tsx';
import { PaymentSum } from '../parts/payment-sum.tsx';
import { DeadlineBadge, StateBadge } from '../parts/refund-badges.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { WaitingBehind } from '../parts/waiting-behind.tsx';
import { type Reading, readRefund } from '../read-payment.ts';
import type { Page } from '../routes.tsx';
import { isPartial, sendPage, sendPart } from '../show.ts';
import type { Visit } from '../visit.ts';
import { casePage, orderOr } from '../words/case-page.ts';
import { pageNames } from '../words/common.ts';
import { happenings } from '../words/history.ts';
import { exactTime } from '../words/time.ts';

const idShape = z.object({ id: refundIdSchema });
/** What came of looking, for those without JavaScript, and when, ms: an old address says nothing about now. */
const lookShape = z.object({
  look: z
    .enum(['looked', 'not_found', ...reasonsNotLooked])
    .nullable()
    .catch(null)
    .default(null),
  at: z.coerce.number().catch(0).default(0),
});
const toldForMs = 60_000;
/** The version that a page shows. */
const seenShape = z.object({ seen: z.string().catch('') });

export function caseRoutes({ page, act }: { page: Page; act: Page }, system: System): void {
  /** What a page that stands asks again and again while its refund moves. */
  page('/review/cases/:id/now', async (visit, request, reply) => {
    const id = idShape.safeParse(request.params).data?.id;
    if (id === undefined) return null;
    const found = await readRefund(system, id);
    if (found.kind !== 'record') return reply.code(204).header('hx-refresh', 'true').send();
    const isSame = String(found.facts.refund.version) === seenShape.parse(request.query).seen;
    if (isSame && isMoving(found, visit.now)) return reply.code(204).send();
    return sendPart(reply, <RefundPart found={found} id={id} look={null} visit={visit} />);
  });

  page('/review/cases/:id', async (visit, request, reply) => {
    const id = idShape.safeParse(request.params).data?.id;
    if (id === undefined) return null;
    const { look, at } = lookShape.parse(request.query);
    const isNew = visit.now - at < toldForMs;
    const kept = takeKept(request);
    const typed = { text: kept?.fields['text'] ?? '', wrong: undefined };
    const shown = { id, look: isNew ? look : null, visit, typed, takers: system.caseBeside.takers };
    return showRefund(await readRefund(system, id), { ...shown, reply });
  });

  act('/review/cases/:id/look', async (visit, request, reply) => {
    const id = idShape.safeParse(request.params).data?.id;
    if (id === undefined) return null;
    const looked = await system.lookAgain(id, { who: visit.person.name, via: 'desk' });
    const look = looked.kind === 'not_looked' ? looked.why : looked.kind;
    if (!isPartial(request))
      return reply.redirect(`/review/cases/${id}?look=${look}&at=${visit.now}#money`, 303);
    reply.header('hx-trigger', JSON.stringify({ looked: { target: 'body' } }));
    const found = await readRefund(system, id);
    if (!('payment' in found)) return reply.code(204).header('hx-refresh', 'true').send();
    return sendPart(reply, <MoneyPart found={found} id={id} look={look} visit={visit} />);
  });
}

interface Shown {
  readonly id: string;
  readonly look: LookAnswer | null;
  readonly visit: Visit;
}

interface Whole extends Shown {
  /** Of a note. */
  readonly typed: TypedNote;
  readonly takers: readonly string[];
}

/** With a note that was not kept. */
export async function sendCase(
  system: System,
  { id, visit, reply, typed }: { id: RefundId; visit: Visit; reply: FastifyReply; typed: TypedNote },
): Promise<FastifyReply | null> {
  const shown = { id, look: null, visit, typed, takers: system.caseBeside.takers };
  const page = showRefund(await readRefund(system, id), { ...shown, reply });
  return page === null || 'raw' in page ? page : sendPage(reply, page, 422);
}

function showRefund(found: Reading, { reply, ...shown }: Whole & { reply: FastifyReply }) {
  switch (found.kind) {
    case 'record':
      return <RefundPage found={found} {...shown} />;
    case 'unread':
      return <UnreadPage found={found} {...shown} />;
    case 'purged':
      return sendPage(reply, <PurgedPage visit={shown.visit} text={purgedText(found.state)} />, 410);
    case 'not_found':
      return null;
  }
}

type Kept = Extract<Reading, { payment: unknown }>;

function MoneyPart({ found, id, look, visit }: Shown & { found: Kept }) {
  return (
    <MoneyCard
      refundId={id}
      money={found.payment?.money ?? null}
      isNotThere={found.kind === 'record' && isNotThere(found.facts.refund)}
      isOver={found.kind === 'record' && isEnded(found.facts.refund.state)}
      answer={look}
      canLook={found.payment !== null}
      visit={visit}
    />
  );
}

type Recorded = Extract<Reading, { kind: 'record' }>;

function titleOf({ facts: { refund } }: Recorded): Text {
  const amount = refund.settledWon ?? leftWon(refund);
  // Of a full cancel of which nothing is left no amount can be said.
  if (amount === 0) return casePage.titleOfAll(refund.orderId);
  return casePage.title(refund.orderId, amount === null ? null : won(amount));
}

function RefundPage({ found, typed, takers, ...shown }: Whole & { found: Recorded }) {
  const { visit } = shown;
  const { refund } = found.facts;
  return (
    <Layout visit={visit} title={titleOf(found)} here={refund.state === 'dead_lettered' ? 'cases' : 'search'}>
      <RefundPart found={found} {...shown} />
      {/* Outside of what replaces itself: nobody loses what they are typing. */}
      <BesideCard
        {...{ refund, takers, typed, visit }}
        beside={found.beside}
        offersHandOver={needsAcknowledgement(refund)}
      />
      <p class="printed">{visit.say(casePage.printed(visit.person.name, exactTime(visit.now)))}</p>
    </Layout>
  );
}

const followedForMs = 60_000;

/** Something will happen soon by itself, so that a page follows it. What stands still is not asked for. */
function isMoving({ facts, view }: Recorded, now: number): boolean {
  if (!isOpen(facts.refund.state)) return false;
  const waiting = view.waiting_for;
  if (waiting === null || waiting.kind === 'rate_limit' || waiting.kind === 'answer') return true;
  return waiting.until !== null && Date.parse(waiting.until) - now < followedForMs;
}

/** Replaces itself while it moves. */
function RefundPart({ found, ...shown }: Shown & { found: Recorded }) {
  const { visit } = shown;
  const { say, now } = visit;
  const { facts, payment, history, actions, beside, approval } = found;
  const { refund } = facts;
  const title = titleOf(found);
  const follows = isMoving(found, now) && {
    'hx-get': `/review/cases/${refund.refundId}/now?seen=${refund.version}`,
    'hx-trigger': 'every 1500ms',
    'hx-swap': 'outerMorph',
  };
  return (
    <div id="refund" {...follows}>
      <Head title={title} order={refund.orderId} state={refund.state} visit={visit}>
        <StateBadge state={refund.state} severity={refund.deadLetter?.severity ?? null} visit={visit} />
        <DeadlineBadge
          state={refund.state}
          refundBy={refund.refundBy}
          endedAt={history.find(({ to }) => to === refund.state)?.at ?? null}
          visit={visit}
        />
        <OnCaseBadges refund={refund} beside={beside} visit={visit} />
      </Head>
      {approval !== null && <WaitsForApproval approval={approval} visit={visit} />}
      <div class="columns">
        <div>
          <CaseReason found={found} visit={visit} />
          <Card title={say(casePage.history)}>
            <Timeline
              happenings={happenings({ history, refund, actions, notes: beside.notes })}
              visit={visit}
            />
          </Card>
        </div>
        <div>
          <MoneyPart found={found} {...shown} />
          {payment.refunds.length > 1 && (
            <Card title={say(casePage.sum)}>
              <PaymentSum payment={payment} here={refund.refundId} visit={visit} />
            </Card>
          )}
          <WaitingBehind payment={payment} holder={refund.refundId} visit={visit} />
          <CaseDetails found={found} visit={visit} />
        </div>
      </div>
    </div>
  );
}

function UnreadPage({
  found,
  typed,
  takers,
  ...shown
}: Whole & { found: Extract<Reading, { kind: 'unread' }> }) {
  const { visit } = shown;
  const { say } = visit;
  const { unread, payment, history, beside } = found;
  const order = say(orderOr(unread.orderId));
  const title = casePage.unreadTitle(order);
  const severity = found.view.dead_letter?.severity ?? null;
  return (
    <Layout visit={visit} title={title} here={isEnded(unread.state) ? 'search' : 'cases'}>
      <Head title={title} order={order} state={unread.state} visit={visit}>
        <StateBadge state={unread.state} severity={severity} visit={visit} />
        <OnCaseBadges refund={unread} beside={beside} visit={visit} />
      </Head>
      <div class="columns">
        <div>
          <UnreadReason found={found} visit={visit} />
          <Card title={say(casePage.history)}>
            <Timeline
              happenings={happenings({ history, refund: null, actions: [], notes: beside.notes })}
              visit={visit}
            />
          </Card>
        </div>
        <div>
          <MoneyPart found={found} {...shown} />
          {payment !== null && payment.refunds.length > 1 && (
            <Card title={say(casePage.sum)}>
              <PaymentSum payment={payment} here={unread.refundId} visit={visit} />
            </Card>
          )}
        </div>
      </div>
      <BesideCard refund={unread} offersHandOver={false} {...{ beside, takers, typed, visit }} />
    </Layout>
  );
}

function Head({
  title,
  order,
  state,
  visit: { say },
  children,
}: {
  title: Text;
  order: string;
  state: string;
  visit: Visit;
  children: preact.ComponentChildren;
}) {
  const isCase = state === 'dead_lettered';
  return (
    <>
      <p class="crumbs">
        <a href={isCase ? '/review/cases' : '/review/search'}>
          {say(isCase ? pageNames.cases : pageNames.search)}
        </a>{' '}
        › {order}
        <button class="link print" type="button" data-print>
          {say(casePage.print)}
        </button>
      </p>
      <h1 class="with-badges">
        <span>{say(title)}</span> {children}
      </h1>
    </>
  );
}

/** Nothing is left to show; that it is so is an answer all the same. */
function PurgedPage({ visit, text }: { visit: Visit; text: Text }) {
  const { say } = visit;
  return (
    <Layout visit={visit} title={casePage.erasedTitle} here="search">
      <h1>{say(casePage.erasedTitle)}</h1>
      <Card tone="info">
        <p>{say(text)}</p>
        <a href="/review/search">{say(casePage.toSearch)}</a>
      </Card>
    </Layout>
  );
}
