// "This refund": the facts that are asked for on the phone, and all its ids.
import { askedWon, won } from '../../policies/amounts.ts';
import type { Reading } from '../read-payment.ts';
import type { Visit } from '../visit.ts';
import { accountWords, casePage, methodText, facts as words } from '../words/case-page.ts';
import { dateText } from '../words/time.ts';
import { Card, Facts } from './card.tsx';
import { Id } from './id.tsx';
import { Moment } from './time.tsx';

export function CaseDetails({ found, visit }: { found: Extract<Reading, { kind: 'record' }>; visit: Visit }) {
  const { say, now } = visit;
  const { refund } = found.facts;
  const receipt = found.payment.shown?.receipt ?? null;
  const asked = askedWon(refund);
  const id = (value: string) => <Id value={value} visit={visit} />;
  const about = found.view.receipt;
  const card = [about?.card_company, about?.card_number].filter((part) => part != null).join(' ');
  const purchasedAt = receipt?.purchasedAt ?? null;
  const link = about?.receipt_url ?? null;
  const inWon = (amount: number | null) => (amount === null ? null : say(won(amount)));
  const rows = [
    [say(words.orderName), about?.order_name ?? null],
    [say(words.method), receipt === null ? null : say(methodText(receipt.method, receipt.pg))],
    [say(words.card), card === '' ? null : card],
    [say(words.purchased), purchasedAt === null ? null : say(dateText(purchasedAt, now))],
    [say(words.asked), say(asked === null ? casePage.allOf : won(asked))],
    [say(words.taxFree), inWon(refund.cancel.taxFreeWon)],
    [say(words.sentByHand), inWon(refund.resolution?.amountWon ?? null)],
    [say(words.refunded), inWon(refund.settledWon)],
    [say(words.message), refund.message ?? say(words.none)],
    [say(words.username), refund.username],
    [say(words.account), refund.account === 'none' ? null : say(accountWords[refund.account])],
    [say(words.accepted), <Moment key="accepted" at={refund.acceptedAt} visit={visit} />],
    [say(words.refundBy), say(dateText(refund.refundBy, now))],
    [say(words.order), id(refund.orderId)],
    [say(words.refund), id(refund.refundId)],
    [say(words.receipt), id(refund.receiptId)],
    [say(words.cancel), id(found.view.cancel_id)],
    [say(words.event), id(refund.eventId)],
  ] as const;
  return (
    <Card title={say(casePage.details)}>
      <Facts rows={rows} />
      {link !== null && (
        <p class="receipt-link">
          <a href={link} target="_blank" rel="noreferrer noopener">
            {say(words.receiptLink)}
          </a>
        </p>
      )}
    </Card>
  );
}
