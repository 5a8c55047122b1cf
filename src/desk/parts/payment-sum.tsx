// All refunds of one payment as a sum that adds up: paid, less what each gave back, is what is left.
import { Fragment } from 'preact';
import type { ListItem } from '../../domain/ledger.ts';
import { isEnded } from '../../domain/states.ts';
import { leftWon, won } from '../../policies/amounts.ts';
import { stateWordsOf } from '../../policies/state-words.ts';
import type { Payment } from '../read-payment.ts';
import type { Visit } from '../visit.ts';
import { orderOr, paymentWords } from '../words/case-page.ts';
import { momentText } from '../words/time.ts';

export function PaymentSum({
  payment,
  here,
  visit,
}: {
  payment: Payment;
  /** The refund of the page. */
  here: string | null;
  visit: Visit;
}) {
  const { say } = visit;
  const { money, refunds, row, more } = payment;
  const listedWon = refunds.reduce((sum, refund) => sum + settledOf(refund), 0);
  const order = (refunds.find(({ refundId }) => refundId === here) ?? refunds[0])?.orderId ?? null;
  const isOneOrder = here === null && refunds.every(({ orderId }) => orderId === order);
  const otherWon = row.settledWon - listedWon;
  return (
    <dl class="sum">
      {money?.isPaid === true && <Line name={say(paymentWords.paid)} amount={say(won(money.paidWon))} />}
      {refunds.map((refund) => (
        <RefundLine
          key={refund.refundId}
          refund={refund}
          isHere={refund.refundId === here}
          isOtherOrder={here === null ? !isOneOrder : refund.orderId !== order}
          visit={visit}
        />
      ))}
      {otherWon !== 0 && (
        <Line name={say(more ? paymentWords.more : paymentWords.erased)} amount={say(less(otherWon))} />
      )}
      {money !== null && money.outsideWon > 0 && (
        <Line name={say(paymentWords.outside)} amount={say(less(money.outsideWon))} tone="odd" />
      )}
      {money !== null && money.outsideWon < 0 && (
        <Line name={say(paymentWords.unseen)} amount={say(less(money.outsideWon))} tone="odd" />
      )}
      {money?.isPaid === true && (
        <Line name={say(paymentWords.left)} amount={say(won(money.leftWon))} tone="total" />
      )}
    </dl>
  );
}

function Line({ name, amount, tone = '' }: { name: string; amount: string; tone?: '' | 'odd' | 'total' }) {
  return (
    <div class={tone}>
      <dt>{name}</dt>
      <dd class="money">{amount}</dd>
    </div>
  );
}

function RefundLine({
  refund,
  isHere,
  isOtherOrder,
  visit,
}: {
  refund: ListItem;
  isHere: boolean;
  /** Another one than the page is about. */
  isOtherOrder: boolean;
  visit: Visit;
}) {
  const { say, now } = visit;
  const given = settledOf(refund);
  const asked = 'unread' in refund ? null : leftWon(refund);
  const at = 'unread' in refund ? null : refund.acceptedAt;
  const name = (
    <Fragment>
      {isOtherOrder && `${say(orderOr(refund.orderId))} · `}
      {at === null ? say(paymentWords.aRefund) : say(paymentWords.refundOf(momentText(at, now)))}
      {' · '}
      {say(stateWordsOf(refund.state))}
    </Fragment>
  );
  return (
    <div class={isHere ? 'here' : ''}>
      <dt>
        {isHere ? (
          <b>
            {say(paymentWords.thisRefund)} · {say(stateWordsOf(refund.state))}
          </b>
        ) : (
          <a href={`/review/cases/${refund.refundId}`}>{name}</a>
        )}
      </dt>
      <dd class="money">
        {say(less(given))}
        {given === 0 && !isEnded(refund.state) && asked !== null && (
          <small>{say(paymentWords.asked(won(asked)))}</small>
        )}
      </dd>
    </div>
  );
}

function settledOf(refund: ListItem): number {
  return 'unread' in refund ? 0 : (refund.settledWon ?? 0);
}

/** With a real minus, which is read out and does not look like a hyphen. */
function less(amount: number) {
  const { ko, en } = won(Math.abs(amount));
  const sign = amount > 0 ? '−' : amount < 0 ? '+' : '';
  return { ko: sign + ko, en: sign + en };
}
