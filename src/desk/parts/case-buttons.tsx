// The two acts on a case, as buttons: each that cannot be done now says from when, and is enabled by its countdown.
import {
  type CaseFacts,
  landedByLastLookUp,
  replayRefusal,
  resolveRefusal,
} from '../../policies/replay-rules.ts';
import { suggestedAct } from '../../policies/suggested-act.ts';
import type { Visit } from '../visit.ts';
import { casePage } from '../words/case-page.ts';
import { replayPage } from '../words/replay.ts';
import { resolvePage } from '../words/resolve.ts';
import { Countdown } from './countdown.tsx';

export interface CaseButtonsProps {
  readonly facts: CaseFacts;
  /** The same as Bootpay showed it last: closing it asks again, and goes by that. */
  readonly shown: CaseFacts;
  /** An act on it waits for a second person: nothing is suggested meanwhile. */
  readonly isAsked: boolean;
  readonly visit: Visit;
}

export function CaseButtons({ facts, shown, isAsked, visit }: CaseButtonsProps) {
  const { say, now } = visit;
  const { refundId } = facts.refund;
  const landed = landedByLastLookUp(shown);
  const from = { replay: landed ? null : waitsUntil(facts), resolve: waitsUntil(shown) };
  const notBefore = from.replay ?? from.resolve;
  const suggested = suggestedAct(shown);
  const main = isAsked ? null : suggested;
  const button = (what: 'replay' | 'resolve', name: string) => (
    <form key={what} method="get" action={`/review/cases/${refundId}/${what}`}>
      <button type="submit" class={main === what ? 'main' : ''} {...waiting(from[what], now)}>
        {name}
      </button>
    </form>
  );
  const replay = !landed && canReplay(facts, notBefore) && button('replay', `${say(replayPage.name)}…`);
  const close = button('resolve', `${say(resolvePage.name)}…`);
  return (
    <>
      <div class="buttons case-buttons">{suggested === 'resolve' ? [close, replay] : [replay, close]}</div>
      {notBefore !== null && (
        <p id="waits" class="waits">
          {say(casePage.from(notBefore, now))} <Countdown ms={notBefore - now} say={say} />
        </p>
      )}
    </>
  );
}

function waiting(notBefore: number | null, now: number) {
  if (notBefore === null) return {};
  return { disabled: true, 'data-wait-ms': notBefore - now, 'aria-describedby': 'waits' };
}

/** In some way, now or once the wait is over. */
function canReplay(facts: CaseFacts, notBefore: number | null): boolean {
  const then = { ...facts, now: notBefore ?? facts.now };
  return [false, true].some((newGeneration) => {
    return replayRefusal(then, { newGeneration, acknowledge: true }) === null;
  });
}

/** ms; null: nothing has to be waited for. */
function waitsUntil(facts: CaseFacts): number | null {
  const landed = landedByLastLookUp(facts);
  const refusal = resolveRefusal(facts, { outcome: 'already_refunded', acknowledge: false, landed });
  return refusal?.rule === 'settle_window' ? refusal.notBefore : null;
}
