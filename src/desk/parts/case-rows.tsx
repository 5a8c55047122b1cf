// Cases as a table: until when, which order, how much, why it stopped and what to do. On a phone each is a card.
import type { ListItem } from '../../domain/ledger.ts';
import { leftWon, won } from '../../policies/amounts.ts';
import { unreadableRecord } from '../../policies/case-words.ts';
import { methodWords } from '../../policies/method-words.ts';
import type { OnCase } from '../../review/beside.ts';
import { listedReason, listedWords } from '../../review/case-text.ts';
import type { Visit } from '../visit.ts';
import { assignedText, watchedText } from '../words/beside.ts';
import { cases, dueText } from '../words/cases.ts';
import { exactTime } from '../words/time.ts';
import { Badge } from './badge.tsx';
import { Moment } from './time.tsx';

export function CaseRows({
  items,
  on = [],
  visit,
}: {
  items: readonly ListItem[];
  on?: readonly OnCase[];
  visit: Visit;
}) {
  const { say } = visit;
  return (
    <table class="rows cases">
      <thead>
        <tr>
          <th scope="col">{say(cases.due)}</th>
          <th scope="col">{say(cases.order)}</th>
          <th scope="col" class="money">
            {say(cases.amount)}
          </th>
          <th scope="col">{say(cases.why)}</th>
          <th scope="col">{say(cases.toDo)}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item, place) => (
          <Row key={item.refundId} item={item} on={on[place]} visit={visit} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ item, on, visit }: { item: ListItem; on: OnCase | undefined; visit: Visit }) {
  const { say } = visit;
  const { why, toDo } = listedWords(item) ?? unreadableRecord;
  return (
    <tr data-row>
      <td>
        <Due item={item} visit={visit} />
      </td>
      <td>
        <a href={`/review/cases/${item.refundId}`}>{item.orderId ?? say(cases.unknownOrder)}</a>
        <small class="line">
          <Method item={item} visit={visit} />
          <Since at={item.deadLetter?.at ?? null} visit={visit} />
        </small>
        {on !== undefined && <People on={on} visit={visit} />}
      </td>
      <td class="money">
        <Amount item={item} visit={visit} />
      </td>
      <td>
        {item.deadLetter?.severity === 'critical' && (
          <>
            <Badge tone="bad">{say(cases.critical)}</Badge>{' '}
          </>
        )}
        {say(why)}
        <a class="code" href={helpAddress(listedReason(item))} title={say(cases.meaning)}>
          {codeOf(item)}
        </a>
      </td>
      <td>{say(toDo)}</td>
    </tr>
  );
}

function People({ on: { assignedTo, watching }, visit: { say, person } }: { on: OnCase; visit: Visit }) {
  const others = watching.filter((who) => who !== person.name);
  const texts = [...(assignedTo === null ? [] : [assignedText(assignedTo)]), ...others.map(watchedText)];
  return texts.length === 0 ? null : <small class="line">{texts.map(say).join(' · ')}</small>;
}

/** Where the help explains a reason. */
export function helpAddress(reason: string): string {
  return `/review/help#reason-${reason}`;
}

function Due({ item, visit: { say, now } }: { item: ListItem; visit: Visit }) {
  if ('unread' in item) return <Badge tone="warn">{say(cases.unknownDue)}</Badge>;
  const { refundBy } = item;
  const isSoon = refundBy - now < 24 * 60 * 60 * 1000;
  return (
    <span title={exactTime(refundBy)}>
      <Badge tone={isSoon ? 'warn' : 'plain'}>{say(dueText(refundBy, now))}</Badge>
    </span>
  );
}

function Method({ item, visit: { say } }: { item: ListItem; visit: Visit }) {
  const method = 'unread' in item ? null : (item.lastLookUp?.receipt.method ?? null);
  return <>{say(method === null ? cases.unknownMethod : methodWords[method])}</>;
}

function Since({ at, visit }: { at: number | null; visit: Visit }) {
  if (at === null) return null;
  const moment = <Moment at={at} visit={visit} />;
  return visit.language === 'ko' ? <> · {moment}부터</> : <> · since {moment}</>;
}

function Amount({ item, visit: { say } }: { item: ListItem; visit: Visit }) {
  const amount = 'unread' in item ? null : leftWon(item);
  // Of a full cancel of which nothing is left no amount can be said.
  if (amount === 0) return <>{say(cases.inFull)}</>;
  return <>{say(amount === null ? cases.unknownAmount : won(amount))}</>;
}

/** Bootpay's and the PG's code, or the name of our own rule or kind of case. */
function codeOf({ deadLetter }: ListItem): string {
  if (deadLetter === null) return '';
  const { code, pgCode, case: kind } = deadLetter;
  const rule = 'rule' in deadLetter ? deadLetter.rule : undefined;
  return [code ?? rule ?? kind, ...(pgCode === null ? [] : [`PG ${pgCode}`])].join(' · ');
}
