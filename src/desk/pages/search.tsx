// Search: one box for any number a customer may have; the answer is a sentence with a date, and a text to send.
import { z } from 'zod';
import type { System } from '../../compose.ts';
import type { ListItem } from '../../domain/ledger.ts';
import { leftWon, won } from '../../policies/amounts.ts';
import { listedWords } from '../../review/case-text.ts';
import { type Found, findRefunds, isShortened } from '../../review/find.ts';
import { answerFrom } from '../answer-from.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import { PaymentSum } from '../parts/payment-sum.tsx';
import { DeadlineBadge, StateBadge } from '../parts/refund-badges.tsx';
import { Moment } from '../parts/time.tsx';
import { type Payment, type Reading, readPayment, readRefund } from '../read-payment.ts';
import type { Page } from '../routes.tsx';
import type { Visit } from '../visit.ts';
import type { Answer } from '../words/answers.ts';
import { casePage, orderOr } from '../words/case-page.ts';
import { cases } from '../words/cases.ts';
import { common, pageNames } from '../words/common.ts';
import { erasedAnswer, receiptAnswer, search, unreadAnswer } from '../words/search.ts';

/** Longer than any number; what is longer is cut, and found nowhere. */
const queryShape = z.object({
  q: z
    .string()
    .catch('')
    .transform((text) => text.trim().slice(0, 200)),
});

export function searchRoutes(page: Page, system: System): void {
  page('/review/search', async (visit, request) => {
    const { q } = queryShape.parse({ q: '', ...Object(request.query) });
    const found = q === '' ? null : await answered(system, await findRefunds(system.ledger, q));
    return <SearchPage q={q} found={found} visit={visit} />;
  });
}

type Result =
  | { readonly kind: 'one'; readonly reading: Reading }
  | {
      readonly kind: 'several';
      readonly refunds: readonly ListItem[];
      readonly more: boolean;
      /** null: of more than one payment. */
      readonly payment: Payment | null;
    }
  | Exclude<Found, { kind: 'refunds' }>;

async function answered(system: System, found: Found): Promise<Result> {
  if (found.kind !== 'refunds') return found;
  const { refunds, more } = found;
  const [first] = refunds;
  if (first !== undefined && refunds.length === 1) {
    return { kind: 'one', reading: await readRefund(system, first.refundId) };
  }
  const receipts = [...new Set(refunds.map(({ receiptId }) => receiptId))];
  const [receiptId = null] = receipts;
  const payment = receipts.length === 1 && receiptId !== null ? await readPayment(system, receiptId) : null;
  return { kind: 'several', refunds, more, payment };
}

function SearchPage({ q, found, visit }: { q: string; found: Result | null; visit: Visit }) {
  const { say } = visit;
  return (
    <Layout visit={visit} title={pageNames.search} here="search">
      <h1>{say(pageNames.search)}</h1>
      <form class="search" method="get" action="/review/search">
        <label>
          <span class="hidden">{say(search.label)}</span>
          <input
            name="q"
            type="search"
            value={q}
            placeholder={say(search.label)}
            maxLength={200}
            autofocus={q === ''}
            autocomplete="off"
          />
        </label>
        <button class="main" type="submit">
          {say(search.find)}
        </button>
      </form>
      {found === null ? (
        <p class="quiet">{say(search.hint)}</p>
      ) : (
        <Results q={q} found={found} visit={visit} />
      )}
    </Layout>
  );
}

function Results({ q, found, visit }: { q: string; found: Result; visit: Visit }) {
  switch (found.kind) {
    case 'one':
      return <One q={q} reading={found.reading} visit={visit} />;
    case 'several':
      return <Several found={found} visit={visit} />;
    case 'purged':
      return <AnswerCard answer={erasedAnswer(found.state)} record={null} visit={visit} />;
    case 'receipt':
      return <AnswerCard answer={receiptAnswer(found.row)} record={null} visit={visit} />;
    case 'nothing':
      return <Nothing q={q} visit={visit} />;
  }
}

function One({ q, reading, visit }: { q: string; reading: Reading; visit: Visit }) {
  const { say, now } = visit;
  switch (reading.kind) {
    case 'record': {
      const { refund } = reading.facts;
      return (
        <div class="columns">
          <div>
            <AnswerCard
              answer={answerFrom(reading, now)}
              record={refund.refundId}
              deadLetter={refund.deadLetter}
              visit={visit}
            >
              <p class="badges">
                {isCritical(refund.deadLetter) && (
                  <>
                    <Badge tone="bad">{say(cases.critical)}</Badge>{' '}
                  </>
                )}
                <b>{refund.orderId}</b>{' '}
                <StateBadge
                  state={refund.state}
                  severity={refund.deadLetter?.severity ?? null}
                  visit={visit}
                />{' '}
                <DeadlineBadge state={refund.state} refundBy={refund.refundBy} visit={visit} />
              </p>
            </AnswerCard>
          </div>
          <Card title={say(search.sum)}>
            <PaymentSum payment={reading.payment} here={refund.refundId} visit={visit} />
          </Card>
        </div>
      );
    }
    case 'unread':
      return (
        <AnswerCard
          answer={unreadAnswer()}
          record={reading.unread.refundId}
          deadLetter={reading.unread.deadLetter}
          visit={visit}
        />
      );
    case 'purged':
      return <AnswerCard answer={erasedAnswer(reading.state)} record={null} visit={visit} />;
    case 'not_found':
      return <Nothing q={q} visit={visit} />;
  }
}

function AnswerCard({
  answer,
  record,
  deadLetter = null,
  visit: { say },
  children,
}: {
  answer: Answer;
  /** The refund with a page of its own. */
  record: string | null;
  deadLetter?: ListItem['deadLetter'];
  visit: Visit;
  children?: preact.ComponentChildren;
}) {
  const { isYes, lead, rest, customer } = answer;
  const text = customer === null ? null : say(customer);
  return (
    <>
      <Card tone={isCritical(deadLetter) ? 'danger' : 'info'}>
        {children}
        <p class="lead">
          <b>
            {isYes && `${say(search.yes)} `}
            {say(lead)}
          </b>{' '}
          {say(rest)}
        </p>
        <p class="buttons">
          {text !== null && (
            <button type="button" data-copy={text} data-copied={say(common.copied)}>
              {say(search.copy)}
            </button>
          )}
          {record !== null && (
            <a class="button" href={`/review/cases/${record}`}>
              {say(deadLetter === null ? search.record : search.toCase)}
            </a>
          )}
        </p>
      </Card>
      {record !== null && (
        <Card title={say(search.customer)}>
          {text === null ? <p class="quiet">{say(search.noText)}</p> : <p class="letter">{text}</p>}
        </Card>
      )}
    </>
  );
}

/** Money may move twice. */
function isCritical(deadLetter: ListItem['deadLetter']): boolean {
  return deadLetter?.severity === 'critical';
}

function Several({
  found: { refunds, more, payment },
  visit,
}: {
  found: Extract<Result, { kind: 'several' }>;
  visit: Visit;
}) {
  const { say } = visit;
  const { columns } = search;
  const settledWon = refunds.reduce((sum, one) => sum + ('unread' in one ? 0 : (one.settledWon ?? 0)), 0);
  return (
    <div class="columns">
      <Card title={say(search.several(refunds.length, more, won(settledWon)))}>
        <table class="rows">
          <thead>
            <tr>
              <th>{say(columns.refund)}</th>
              <th>{say(columns.answer)}</th>
              <th class="money">{say(columns.amount)}</th>
            </tr>
          </thead>
          <tbody>
            {refunds.map((refund) => (
              <ShortLine key={refund.refundId} refund={refund} visit={visit} />
            ))}
          </tbody>
        </table>
      </Card>
      {payment !== null && (
        <Card title={say(search.sum)}>
          <PaymentSum payment={payment} here={null} visit={visit} />
        </Card>
      )}
    </div>
  );
}

function ShortLine({ refund, visit }: { refund: ListItem; visit: Visit }) {
  const { say } = visit;
  const isRead = !('unread' in refund);
  const words = listedWords(refund);
  const amount = isRead ? (refund.settledWon ?? leftWon(refund)) : null;
  return (
    <tr data-row>
      <td>
        <a href={`/review/search?q=${refund.refundId}`}>{say(orderOr(refund.orderId))}</a>
        {isRead && (
          <small>
            <Moment at={refund.acceptedAt} visit={visit} />
          </small>
        )}
      </td>
      <td>
        <StateBadge state={refund.state} severity={refund.deadLetter?.severity ?? null} visit={visit} />
        {words !== null && (
          <small>
            {say(words.why)} · {say(words.toDo)}
          </small>
        )}
      </td>
      <td class="money">{say(amount === null ? casePage.allOf : won(amount))}</td>
    </tr>
  );
}

function Nothing({ q, visit: { say } }: { q: string; visit: Visit }) {
  return (
    <Card tone="info">
      <p>
        <b>{say(search.nothing(q))}</b>
      </p>
      <p>{say(isShortened(q) ? search.shortened : search.nothingHelp)}</p>
    </Card>
  );
}
