// "Where is the money now?": three numbers and a bar, with their age, and the button that looks again. Replaced as a whole
// when somebody looks.
import type { VNode } from 'preact';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import type { Looked, WhyNotLooked } from '../../review/look-again.ts';
import type { Money } from '../money.ts';
import type { Visit } from '../visit.ts';
import { lookHeldText, lookWords, moneyWords, notLookedWords, notThere } from '../words/look.ts';
import { agoText } from '../words/time.ts';
import { Card, Facts } from './card.tsx';
import { Moment } from './time.tsx';

export type LookAnswer = Exclude<Looked['kind'], 'not_looked'> | WhyNotLooked;

interface MoneyCardProps {
  readonly refundId: string;
  readonly money: Money | null;
  /** Bootpay was asked, and has no such payment. */
  readonly isNotThere: boolean;
  /** Nobody will ask any more. */
  readonly isOver?: boolean;
  /** What came of the look-up that was just asked for; null: none was. */
  readonly answer: LookAnswer | null;
  /** null: the receipt is not known. */
  readonly canLook: boolean;
  readonly visit: Visit;
}

export function MoneyCard(props: MoneyCardProps) {
  const { refundId, money, isNotThere, isOver = false, answer, canLook, visit } = props;
  const { say } = visit;
  return (
    <Card title={say(moneyWords.title)} id="money">
      {money === null ? (
        <p>
          {say(
            isNotThere || answer === 'not_there'
              ? notThere
              : moneyWords[isOver ? 'neverShown' : 'neverAsked'],
          )}
        </p>
      ) : (
        <Numbers money={money} visit={visit} />
      )}
      {canLook && <LookForm refundId={refundId} money={money} visit={visit} />}
      {answer !== null && (
        <p class="answer" role="status">
          {say(answerText(answer))}
        </p>
      )}
    </Card>
  );
}

function Numbers({ money, visit: { say } }: { money: Money; visit: Visit }): VNode {
  const { paidWon, isPaid, cancelledWon, settledWon, outsideWon, leftWon, missingWon, isOpen, byHand } =
    money;
  if (!isPaid) return <p>{say(moneyWords.notPaid(won(paidWon)))}</p>;
  return (
    <>
      <MoneyBar money={money} label={say(moneyWords.bar(money))} />
      <Facts
        rows={[
          [say(moneyWords.paid), say(won(paidWon))],
          [say(moneyWords.cancelled), say(won(cancelledWon))],
          [say(moneyWords.settled), say(won(settledWon))],
          [say(moneyWords.left), <b key="left">{say(won(leftWon))}</b>],
        ]}
      />
      {isOpen && <p class="odd">{say(moneyWords.open)}</p>}
      {byHand && <p class="odd">{say(moneyWords.byHand)}</p>}
      {outsideWon > 0 && <p class="odd">{say(moneyWords.outside(won(outsideWon)))}</p>}
      {outsideWon < 0 && <p class="odd">{say(moneyWords.unseen(won(-outsideWon)))}</p>}
      {outsideWon >= 0 && missingWon > 0 && <p class="odd">{say(moneyWords.lower(won(missingWon)))}</p>}
    </>
  );
}

/** What went back through us, what went back otherwise, and what is left. */
function MoneyBar({ money, label }: { money: Money; label: string }) {
  const { paidWon, cancelledWon, settledWon } = money;
  const share = (amount: number) => (paidWon === 0 ? 0 : (100 * Math.min(amount, paidWon)) / paidWon);
  const ours = share(Math.min(settledWon, cancelledWon));
  const gone = share(cancelledWon);
  return (
    <svg class="bar" role="img" aria-label={label} viewBox="0 0 100 10" preserveAspectRatio="none">
      <rect class="left" x="0" y="0" width="100" height="10" />
      <rect class="outside" x="0" y="0" width={gone} height="10" />
      <rect class="ours" x="0" y="0" width={ours} height="10" />
    </svg>
  );
}

function LookForm({ refundId, money, visit }: { refundId: string; money: Money | null; visit: Visit }) {
  const { say, csrf, now, way } = visit;
  const held = way.heldBy;
  const address = `/review/cases/${refundId}/look`;
  return (
    <form
      class="look"
      method="post"
      action={address}
      hx-post={address}
      hx-target="#money"
      hx-swap="outerHTML"
    >
      <input type="hidden" name="_csrf" value={csrf} />
      <button type="submit" {...(held !== null && { disabled: true, 'aria-describedby': 'look-held' })}>
        {say(lookWords.again)}
      </button>
      {money !== null && (
        <small>
          <Moment at={money.at} visit={visit} /> · {say(agoText(money.at, now))}
        </small>
      )}
      {held !== null && <p id="look-held">{say(lookHeldText(held, now))}</p>}
    </form>
  );
}

function answerText(answer: LookAnswer): Text {
  switch (answer) {
    case 'looked':
      return lookWords.done;
    case 'not_found':
      return lookWords.unknownReceipt;
    default:
      return notLookedWords[answer];
  }
}
