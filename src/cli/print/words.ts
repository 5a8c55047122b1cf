// Amounts, times and states as people read them.
import { type State, stateSchema } from '../../domain/states.ts';
import { stateWords } from '../../policies/state-words.ts';
import type { Io } from '../io.ts';

type Colors = Io['colors'];

/** `12,000` */
export function numberText(value: number): string {
  return value.toLocaleString('en-US');
}

/** `12,000원`; null is a full cancel, which has no amount before it is paid. */
export function wonText(won: number | null): string {
  return won === null ? '전액 full' : `${numberText(won)}원`;
}

const seoul = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Seoul',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/** In Seoul time, where merchant, PG and law count. */
export function timeText(iso: string | null): string {
  return iso === null ? '-' : `${seoul.format(new Date(iso))} KST`;
}

/** Of a time in ms. */
export function momentText(at: number | null): string {
  return at === null ? '-' : timeText(new Date(at).toISOString());
}

/** The day in Seoul. */
export function dayText(at: number): string {
  return seoul.format(new Date(at)).slice(0, 10);
}

export function stateText(state: State, colors: Colors): string {
  return paint(state, colors)(`${state} ${stateWords[state].ko}`);
}

/** Of a record that a newer version may have written, too. */
export function anyStateText(state: string, colors: Colors): string {
  const known = stateSchema.safeParse(state);
  return known.success ? stateText(known.data, colors) : state;
}

export function paint(state: State, colors: Colors): (text: string) => string {
  switch (state) {
    case 'succeeded':
    case 'resolved':
      return colors.green;
    case 'dead_lettered':
      return colors.red;
    case 'unknown':
      return colors.yellow;
    default:
      return colors.cyan;
  }
}
