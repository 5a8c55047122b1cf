// The cases of a bulk, page by page in the order of its list: what was shown before, what came of it, what each is now.
import type { Verdict } from '../../domain/bulk.ts';
import { hasWork } from '../../domain/bulk.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { bulkResultText } from '../../policies/bulk-words.ts';
import { stateWordsOf } from '../../policies/state-words.ts';
import { type BulkFound, casesPerPage, type FoundCase } from '../bulk-form.ts';
import type { Visit } from '../visit.ts';
import { bulkRuleText, bulkWords, rangeText } from '../words/bulk.ts';
import { Badge, type Tone } from './badge.tsx';
import { Card } from './card.tsx';

export function BulkCases({ visit, found }: { visit: Visit; found: BulkFound }) {
  const { say } = visit;
  const { bulk, cases } = found;
  if (bulk.list === null || cases.length === 0) return null;
  const isStarted = bulk.start !== null;
  const unsaid = hasWork(bulk.state) ? bulkWords.open : bulkWords.leftOver;
  return (
    <Card title={say(bulkWords.list)}>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">{say(bulkWords.order)}</th>
            <th scope="col" class="money">
              {say(bulkWords.amount)}
            </th>
            <th scope="col">{say(bulkWords.shown)}</th>
            {isStarted && <th scope="col">{say(bulkWords.result)}</th>}
            {isStarted && <th scope="col">{say(bulkWords.now)}</th>}
          </tr>
        </thead>
        <tbody>
          {cases.map((one) => (
            <tr key={one.number} data-row>
              <td>
                <a href={`/review/cases/${one.refundId}`}>{one.orderId ?? say(bulkWords.unknownOrder)}</a>
              </td>
              <td class="money">{say(amountOf(one))}</td>
              <td>
                <Said verdict={one.preview} unsaid={isStarted ? null : unsaid} visit={visit} />
              </td>
              {isStarted && (
                <td>
                  <Said verdict={one.result} unsaid={unsaid} visit={visit} />
                </td>
              )}
              {isStarted && <td>{one.state !== null && say(stateWordsOf(one.state))}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <Pages visit={visit} found={found} />
    </Card>
  );
}

function amountOf({ preview, amountWon }: FoundCase): Text {
  const amount = preview?.amountWon ?? amountWon;
  return amount === null ? bulkWords.unknownAmount : won(amount);
}

function Said({
  verdict,
  unsaid,
  visit: { say },
}: {
  verdict: Verdict | null;
  unsaid: Text | null;
  visit: Visit;
}) {
  if (verdict === null) return unsaid === null ? <>-</> : <span class="quiet">{say(unsaid)}</span>;
  return (
    <>
      <Badge tone={tones[verdict.result] ?? 'warn'}>{say(bulkResultText(verdict.result))}</Badge>
      {verdict.rule !== null && <small>{say(bulkRuleText(verdict.rule))}</small>}
    </>
  );
}

const tones: Readonly<Record<string, Tone>> = {
  would_send: 'plain',
  replayed: 'good',
  already_refunded: 'good',
  not_asked: 'plain',
};

function Pages({ visit: { say }, found }: { visit: Visit; found: BulkFound }) {
  const { bulk, from, cases } = found;
  const all = bulk.list?.count ?? 0;
  const address = `/review/bulk/${bulk.id}`;
  return (
    <nav class="buttons after" aria-label={say(bulkWords.pages)}>
      {from > 0 && (
        <a class="button" href={address}>
          {say(bulkWords.first)}
        </a>
      )}
      {from + cases.length < all && (
        <a class="button" rel="next" href={`${address}?from=${from + casesPerPage}`}>
          {say(bulkWords.next)}
        </a>
      )}
      <a class="button" href={`${address}.csv`} download>
        {say(bulkWords.csv)}
      </a>
      <span class="quiet">{say(rangeText(from, cases.length, all))}</span>
    </nav>
  );
}
