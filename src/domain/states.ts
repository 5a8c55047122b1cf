// The states of a refund and every move between them, as data: `docs/state-machine.md` is made from it.
import { z } from 'zod';

export const openStates = ['queued', 'sending', 'unknown', 'waiting_retry'] as const;
export const endedStates = ['succeeded', 'resolved'] as const;
export const stateSchema = z.enum([...openStates, 'dead_lettered', ...endedStates]);
export type State = z.infer<typeof stateSchema>;
type OpenState = (typeof openStates)[number];
export type EndedState = (typeof endedStates)[number];

export function isOpen(state: State): state is OpenState {
  return openStates.some((open) => open === state);
}

/** Takes a state as it is stored, too: a newer version may have states of its own. */
export function isEnded(state: unknown): state is EndedState {
  return endedStates.some((ended) => ended === state);
}

export interface Move {
  readonly from: State;
  readonly to: State;
  readonly by: 'worker' | 'operator' | 'reconciliation';
  readonly when: string;
}

/** A move that is not in this list is refused before it reaches Redis. */
export const moves: readonly Move[] = [
  {
    from: 'queued',
    to: 'sending',
    by: 'worker',
    when: 'receipt lock taken, permit of the rate limiter in hand, attempt written before the call',
  },
  {
    from: 'queued',
    to: 'succeeded',
    by: 'worker',
    when: 'the look-up shows that the money went back already',
  },
  {
    from: 'queued',
    to: 'dead_lettered',
    by: 'worker',
    when: 'a policy refuses, growth is neither, look-ups stay unusable, the deadline passed, or poison',
  },
  {
    from: 'waiting_retry',
    to: 'sending',
    by: 'worker',
    when: 'receipt lock taken, permit of the rate limiter in hand, attempt written before the call',
  },
  {
    from: 'waiting_retry',
    to: 'succeeded',
    by: 'worker',
    when: 'the look-up shows that the money went back already',
  },
  {
    from: 'waiting_retry',
    to: 'dead_lettered',
    by: 'worker',
    when: 'a policy refuses, growth is neither, look-ups stay unusable, the deadline passed, or poison',
  },
  { from: 'sending', to: 'succeeded', by: 'worker', when: 'accepted and the amounts agree' },
  {
    from: 'sending',
    to: 'waiting_retry',
    by: 'worker',
    when: 'definite refusal that may pass, throttled, unauthorized, or surely not sent',
  },
  {
    from: 'sending',
    to: 'unknown',
    by: 'worker',
    when: 'no answer, unreadable answer, 5xx without a code, crash during the call, or a reply that needs a look-up',
  },
  {
    from: 'sending',
    to: 'dead_lettered',
    by: 'worker',
    when: 'terminal refusal, 2086, unlisted code, or poison',
  },
  { from: 'unknown', to: 'succeeded', by: 'worker', when: 'landed' },
  {
    from: 'unknown',
    to: 'waiting_retry',
    by: 'worker',
    when: 'not there after the settle window, and there was no reply, or 2029 with a next generation',
  },
  {
    from: 'unknown',
    to: 'dead_lettered',
    by: 'worker',
    when: 'everything else, answers that stay unusable, no usable look-up until the deadline, or poison',
  },
  { from: 'dead_lettered', to: 'queued', by: 'operator', when: 'replay' },
  {
    from: 'dead_lettered',
    to: 'succeeded',
    by: 'operator',
    when: 'resolve whose look-up shows that the money went back through us',
  },
  { from: 'dead_lettered', to: 'resolved', by: 'operator', when: 'resolve' },
  {
    from: 'succeeded',
    to: 'dead_lettered',
    by: 'reconciliation',
    when: 'reconciliation or a late reply contradicts (drift)',
  },
  {
    from: 'resolved',
    to: 'dead_lettered',
    by: 'reconciliation',
    when: 'reconciliation or a late reply contradicts (drift)',
  },
];

/** An open refund may stay in its state, with a later wake-up. Not in `sending`: a call ends in another state. */
export function mayMove(from: State, to: State): boolean {
  return (
    (from === to && isOpen(from) && from !== 'sending') ||
    moves.some((move) => move.from === from && move.to === to)
  );
}
