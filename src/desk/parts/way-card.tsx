// The way to Bootpay: whether refunds are being sent, and where not, why, since when and how much waits.
import type { Reconciliation } from '../../domain/ledger.ts';
import type { Waiting } from '../../standstills/standing.ts';
import type { Visit } from '../visit.ts';
import { agoText } from '../words/time.ts';
import {
  callsText,
  countText,
  heldText,
  reconciledText,
  spanText,
  waitingText,
  wayFacts,
  workersText,
} from '../words/today.ts';
import { Badge } from './badge.tsx';
import { Card, Facts } from './card.tsx';

export interface WayFacts {
  readonly callsUsed: number;
  readonly callsAllowed: number;
  readonly queued: number;
  /** ms; null: not known. */
  readonly answeredAt: number | null;
  readonly workers: number;
  readonly reconciliation: Reconciliation | null;
  /** null: nothing stands still. */
  readonly waiting: Waiting | null;
}

export function WayCard({ visit: { say, now, way }, facts }: { visit: Visit; facts: WayFacts }) {
  const { callsUsed, callsAllowed, queued, answeredAt, workers, reconciliation } = facts;
  const badge =
    way.standstills.length > 0 ? (
      <Badge tone="bad">{say(wayFacts.stands)}</Badge>
    ) : way.heldBy !== null ? (
      <Badge tone="warn">{say(wayFacts.held)}</Badge>
    ) : (
      <Badge tone="good">{say(wayFacts.open)}</Badge>
    );
  return (
    <Card id="way" title={say(wayFacts.title)}>
      <Facts
        rows={[
          [say(wayFacts.sending), badge],
          [say(wayFacts.calls), say(callsText(callsUsed, callsAllowed))],
          [say(wayFacts.queue), say(countText(queued))],
          [say(wayFacts.answered), say(answeredAt === null ? wayFacts.never : agoText(answeredAt, now))],
          [say(wayFacts.workers), say(workersText(workers))],
          [
            say(wayFacts.reconciled),
            say(reconciliation === null ? wayFacts.never : reconciledText(reconciliation, now)),
          ],
        ]}
      />
    </Card>
  );
}

/** Nothing where refunds are being sent. */
export function Standstills({
  visit: { say, now, way },
  waiting,
}: {
  visit: Visit;
  waiting: Waiting | null;
}) {
  if (way.standstills.length === 0 && way.heldBy === null) return null;
  return (
    <section class="card warn" id="standstills">
      <h2>{say(wayFacts.trouble)}</h2>
      {way.heldBy !== null && <p>{say(heldText(way.heldBy, now))}</p>}
      {way.standstills.map(({ cause, since, until, text }) => {
        const span = spanText(since, until, now);
        return (
          <p key={cause}>
            {say(text)}
            {span !== null && <> ({say(span)})</>}
          </p>
        );
      })}
      {waiting !== null && <p>{say(waitingText(waiting))}</p>}
    </section>
  );
}
