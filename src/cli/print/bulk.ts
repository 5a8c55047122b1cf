// Many at once, as a terminal shows it: a line for each case as it comes, and what they are in sum.
import { bulkResultText } from '../../policies/bulk-words.ts';
import { resultView } from '../../review/bulk-view.ts';
import type { Followed } from '../../review/follow-bulk.ts';
import type { Io } from '../io.ts';
import { numberText, wonText } from './words.ts';

/** Answers which results there were. */
export async function printCases(
  io: Io,
  cases: AsyncIterable<Followed>,
  { json }: { readonly json: boolean },
): Promise<ReadonlySet<string>> {
  const sums = new Map<string, { count: number; won: number | null }>();
  const results = new Set<string>();
  for await (const { refundId, verdict } of cases) {
    const { result, rule, amountWon } = verdict;
    const name = `${resultName(result)}${rule === null ? '' : ` (${rule})`}`;
    const { count, won } = sums.get(name) ?? { count: 0, won: null };
    sums.set(name, { count: count + 1, won: amountWon === null ? won : (won ?? 0) + amountWon });
    results.add(result);
    const amount = amountWon === null ? '' : `  ${wonText(amountWon)}`;
    const view = resultView({ refundId, result: verdict });
    await io.out(json ? JSON.stringify(view) : `${refundId}  ${name}${amount}`);
  }
  for (const [name, { count, won }] of sums) io.note(sumLine(name, count, won));
  return results;
}

export function sumLine(name: string, count: number, won: number | null): string {
  return `${numberText(count)}  ${name}${won === null ? '' : `  ${wonText(won)}`}`;
}

export function resultName(result: string): string {
  const { en, ko } = bulkResultText(result);
  return `${en} ${ko}`;
}
