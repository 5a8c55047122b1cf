// A goal of the design beside what was measured, met or not.
import type { Goal } from './result.ts';
import type { Spread } from './stats.ts';

export interface Measurement {
  readonly name: string;
  readonly measured: number | Spread;
  readonly unit?: string;
}

export function atLeast(least: number, measurement: Measurement): Goal {
  return goal(`at least ${least}`, measurement, (value) => value >= least);
}

export function atMost(most: number, measurement: Measurement): Goal {
  return goal(`at most ${most.toLocaleString('en-US')}`, measurement, (value) => value <= most);
}

function goal(wanted: string, measurement: Measurement, isMet: (value: number) => boolean): Goal {
  const { name, measured, unit = '' } = measurement;
  const value = typeof measured === 'number' ? measured : measured.median;
  const spread: Goal['spread'] = typeof measured === 'number' ? null : [measured.min, measured.max];
  return { name, wanted: `${wanted} ${unit}`.trim(), measured: value, spread, unit, met: isMet(value) };
}
