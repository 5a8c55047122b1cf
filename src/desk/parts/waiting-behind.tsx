// The refunds of the same payment that cannot go on before this one is over.
import { leftWon, won } from '../../policies/amounts.ts';
import type { Payment } from '../read-payment.ts';
import type { Visit } from '../visit.ts';
import { casePage, paymentWords } from '../words/case-page.ts';
import { Card } from './card.tsx';

export function WaitingBehind({
  payment,
  holder,
  visit,
}: {
  payment: Payment;
  holder: string;
  visit: Visit;
}) {
  const { say } = visit;
  const { row, refunds } = payment;
  if (row.holder !== holder || row.waiting.length === 0) return null;
  const amountOf = (id: string) => {
    const found = refunds.find(({ refundId }) => refundId === id);
    return found === undefined || 'unread' in found ? null : leftWon(found);
  };
  const nameOf = (id: string) => refunds.find(({ refundId }) => refundId === id)?.orderId ?? null;
  return (
    <Card title={say(casePage.behind)}>
      <p>{say(casePage.behindLead(row.waiting.length))}</p>
      <ul class="bare">
        {row.waiting.map((id) => {
          const amount = amountOf(id);
          return (
            <li key={id}>
              <a href={`/review/cases/${id}`}>{nameOf(id) ?? say(paymentWords.aRefund)}</a>
              {amount !== null && ` · ${say(won(amount))}`}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
