// The state of a refund and its legal deadline, as badges.
import { isEnded } from '../../domain/states.ts';
import { stateWordsOf } from '../../policies/state-words.ts';
import type { Visit } from '../visit.ts';
import { casePage, deadlineText } from '../words/case-page.ts';
import { Badge, type Tone } from './badge.tsx';

export function StateBadge({
  state,
  severity,
  visit,
}: {
  /** As it is stored. */
  state: string;
  severity: string | null;
  visit: Pick<Visit, 'say'>;
}) {
  return <Badge tone={toneOf(state, severity)}>{visit.say(stateWordsOf(state))}</Badge>;
}

/** Red only where money may move twice. */
function toneOf(state: string, severity: string | null): Tone {
  if (isEnded(state)) return 'good';
  if (state === 'dead_lettered') return severity === 'critical' ? 'bad' : 'warn';
  return state === 'unknown' ? 'warn' : 'plain';
}

export function DeadlineBadge({
  state,
  refundBy,
  endedAt = null,
  visit: { say, now },
}: {
  state: string;
  /** ms */
  refundBy: number;
  /** When it came to the end that it has, ms; null: it has not, or it is not known. */
  endedAt?: number | null;
  visit: Pick<Visit, 'say' | 'now'>;
}) {
  if (isEnded(state)) {
    if (endedAt === null || endedAt <= refundBy) return null;
    return <Badge tone="warn">{say(state === 'succeeded' ? casePage.lateDone : casePage.lateClosed)}</Badge>;
  }
  const isNear = refundBy - now < 24 * 60 * 60 * 1000;
  return <Badge tone={isNear ? 'warn' : 'plain'}>{say(deadlineText(refundBy, now))}</Badge>;
}
