// The first card of a refund: why it stopped and what can be done about it; or what it waits for; or how it ended.
import type { Text } from '../../domain/problem.ts';
import { isEnded } from '../../domain/states.ts';
import { caseWords } from '../../policies/case-advice.ts';
import { reasonOf } from '../../policies/case-reasons.ts';
import {
  actionsFor,
  type CaseFacts,
  landedByLastLookUp,
  needsAcknowledgement,
  replayRefusal,
} from '../../policies/replay-rules.ts';
import { suggestedAct } from '../../policies/suggested-act.ts';
import { unreadActions } from '../../policies/unread.ts';
import { refusalText, unreadWords } from '../../review/case-text.ts';
import { answerFrom } from '../answer-from.ts';
import type { Reading } from '../read-payment.ts';
import { asShownLast } from '../shown-facts.ts';
import type { Visit } from '../visit.ts';
import { casePage, choiceWords, waitingSentence } from '../words/case-page.ts';
import { cases } from '../words/cases.ts';
import { resolvePage } from '../words/resolve.ts';
import { Card } from './card.tsx';
import { CaseButtons, type CaseButtonsProps } from './case-buttons.tsx';
import { helpAddress } from './case-rows.tsx';

type Recorded = Extract<Reading, { kind: 'record' }>;

export function CaseReason({ found, visit }: { found: Recorded; visit: Visit }) {
  const { refund } = found.facts;
  if (refund.state === 'dead_lettered') return <Stopped found={found} visit={visit} />;
  return isEnded(refund.state) ? (
    <Over found={found} visit={visit} />
  ) : (
    <Waiting found={found} visit={visit} />
  );
}

function Stopped({ found, visit }: { found: Recorded; visit: Visit }) {
  const { say } = visit;
  const { facts } = found;
  const { deadLetter, lastLookUp } = facts.refund;
  if (deadLetter === null) return null;
  const { why, advice } = caseWords(deadLetter, lastLookUp);
  const shown = asShownLast(facts, found.payment.shown);
  const { case: name, code, rule, cause, pgCode } = deadLetter;
  const codes = [name, code, rule, cause, pgCode === null ? null : `PG ${pgCode}`];
  const landed = landedByLastLookUp(shown);
  const isDanger = deadLetter.severity === 'critical' && !landed;
  return (
    <Card title={say(landed ? casePage.landed : why)} tone={isDanger ? 'danger' : 'info'}>
      {landed ? <Landed why={why} say={say} /> : <p>{say(advice)}</p>}
      {deadLetter.message !== undefined && (
        <p class="said">
          {say(casePage.said)}: <q>{deadLetter.message}</q>
        </p>
      )}
      <Choices facts={facts} shown={shown} isAsked={found.approval !== null} visit={visit} />
      <a class="code" href={helpAddress(reasonOf(deadLetter, lastLookUp))} title={say(cases.meaning)}>
        {codes.filter((part) => part != null).join(' · ')}
      </a>
    </Card>
  );
}

/** What stopped it is over: it is said last. */
function Landed({ why, say }: { why: Text; say: Visit['say'] }) {
  return (
    <>
      <p>
        <b>{say(resolvePage.landed)}</b>
      </p>
      <p class="quiet">{say(casePage.stoppedFor(why))}</p>
    </>
  );
}

/** In words: what can be done, and from when; and why not the rest. */
function Choices({ facts, shown, isAsked, visit }: CaseButtonsProps) {
  const { say, now, person } = visit;
  const refusal = replayRefusal(facts, { newGeneration: false, acknowledge: true });
  const landed = landedByLastLookUp(shown);
  if (refusal?.rule === 'settle_window' && !landed) {
    return person.role === 'viewer' ? (
      <p>{say(casePage.from(refusal.notBefore, now))}</p>
    ) : (
      <>
        {needsAcknowledgement(facts.refund) && (
          <ul class="choices">
            <Elsewhere say={say} />
          </ul>
        )}
        <CaseButtons {...{ facts, shown, isAsked, visit }} />
      </>
    );
  }
  const actions = actionsFor(landed ? shown : facts);
  const suggested = suggestedAct(shown);
  const isBurnt = facts.refund.deadLetter?.code === 'RC_CANCEL_ID_ALREADY_EXIST';
  const known = choicesIn(suggested).filter(
    (name) => actions.includes(name) && (name === 'resolve' || !landed),
  );
  return (
    <>
      <h3>{say(casePage.canDo)}</h3>
      {known.includes('replay') && suggested !== 'resolve' && (
        <First isOpen={needsAcknowledgement(facts.refund)} say={say} />
      )}
      <ul class="choices">
        {known.map((name) => (
          <li key={name}>
            <b>{say(choiceWords[name].name)}</b>{' '}
            {say(isBurnt && name === 'replay' ? casePage.burntId : choiceWords[name].means)}
          </li>
        ))}
        {needsAcknowledgement(facts.refund) && !landed && person.role !== 'viewer' && <Elsewhere say={say} />}
      </ul>
      {!landed && <WhyNot facts={facts} isAboutNumber={isBurnt} say={say} />}
      {person.role !== 'viewer' && <CaseButtons {...{ facts, shown, isAsked, visit }} />}
    </>
  );
}

/** The likelier one first. All that is left can be chosen among the amounts of a replay. */
function choicesIn(suggested: 'replay' | 'resolve' | null) {
  return suggested === 'resolve'
    ? (['resolve', 'replay', 'replay_new_generation'] as const)
    : (['replay', 'replay_new_generation', 'resolve'] as const);
}

/** What has to be done before it is sent again. */
function First({ isOpen, say }: { isOpen: boolean; say: Visit['say'] }) {
  return isOpen ? (
    <p>
      <b>{say(casePage.checkFirst)}</b>
    </p>
  ) : (
    <p>{say(casePage.causeFirst)}</p>
  );
}

/** As long as nobody knows what became of the money, to decide nothing is right as well. */
function Elsewhere({ say }: { say: Visit['say'] }) {
  return (
    <>
      <li>
        <b>{say(casePage.leave)}</b> {say(casePage.leaveMeans)}
      </li>
      <li>
        <b>
          <a href="#beside">{say(casePage.handOver)}</a>
        </b>{' '}
        {say(casePage.handOverMeans)}
      </li>
    </>
  );
}

/** Why no new cancel number can be had is said where the case is about the number. */
function WhyNot({
  facts,
  isAboutNumber,
  say,
}: {
  facts: CaseFacts;
  isAboutNumber: boolean;
  say: Visit['say'];
}) {
  const acknowledge = needsAcknowledgement(facts.refund);
  const refused = [
    ['replay', replayRefusal(facts, { newGeneration: false, acknowledge })],
    ['replay_new_generation', replayRefusal(facts, { newGeneration: true, acknowledge })],
  ] as const;
  const lines = refused.flatMap(([name, refusal]) => {
    const isSaid = name === 'replay' || isAboutNumber;
    return refusal === null || !isSaid ? [] : [{ name, refusal }];
  });
  return (
    <>
      {lines.map(({ name, refusal }) => (
        <p class="quiet" key={name}>
          {say(casePage.notPossible(choiceWords[name].name))} {say(refusalText(refusal))}
        </p>
      ))}
    </>
  );
}

function Waiting({ found, visit }: { found: Recorded; visit: Visit }) {
  const { say, now } = visit;
  const waiting = found.view.waiting_for;
  if (waiting === null) return null;
  const until = waiting.until === null ? null : Date.parse(waiting.until);
  return (
    <Card title={say(casePage.waits)} tone="info">
      <p>{say(waitingSentence({ kind: waiting.kind, until }, now))}</p>
      {waiting.by !== null && (
        <p>
          <a href={`/review/cases/${waiting.by}`}>{say(casePage.theOther)}</a>
        </p>
      )}
      <p class="quiet">{say(casePage.nothingYet)}</p>
      <p>
        <a href={`/review/cases/${found.facts.refund.refundId}`}>{say(casePage.seeNow)}</a>
      </p>
    </Card>
  );
}

function Over({ found, visit }: { found: Recorded; visit: Visit }) {
  const { say, now } = visit;
  const { lead, rest } = answerFrom(found, now);
  return (
    <Card title={say(lead)} tone="info">
      <p>{say(rest)}</p>
    </Card>
  );
}

export function UnreadReason({
  found,
  visit: { say, person },
}: {
  found: Extract<Reading, { kind: 'unread' }>;
  visit: Visit;
}) {
  const { why, advice } = unreadWords(found.unread);
  return (
    <Card title={say(why)} tone={found.unread.unread === 'newer' ? 'info' : 'danger'}>
      <p>{say(advice)}</p>
      {unreadActions(found.unread).includes('resolve') && person.role !== 'viewer' && (
        <div class="buttons case-buttons">
          <a class="button" href={`/review/cases/${found.unread.refundId}/resolve`}>
            {say(resolvePage.name)}…
          </a>
        </div>
      )}
    </Card>
  );
}
