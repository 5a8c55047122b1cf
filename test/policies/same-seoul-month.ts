import { seoulDate } from '../../src/policies/seoul-time.ts';

export function sameSeoulMonth(a: number, b: number): boolean {
  const [first, second] = [seoulDate(a), seoulDate(b)];
  return first.year === second.year && first.month === second.month;
}
