// The log as CSV: the entries of one filter, newest first, a page of them in memory at a time.
import type { ActionQuery, StoredAction } from '../domain/action.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { CsvRow } from '../policies/csv.ts';
import { seoulSecond } from '../policies/seoul-time.ts';
import { stateWordsOf } from '../policies/state-words.ts';
import { answerText, editText, kindText, log, ruleText, viaText } from './words/log.ts';
import type { Say } from './words/say.ts';

const atOnce = 1_000;

const columns = [
  ...(['at', 'who', 'via', 'what', 'refundId', 'orderId'] as const),
  ...(['before', 'afterwards', 'why', 'result', 'ruleName', 'changed', 'bulkId'] as const),
] as const;

export function logColumns(say: Say): string[] {
  return columns.map((name) => say(log[name]));
}

export async function* logPages(
  ledger: Pick<Ledger, 'actions'>,
  query: Omit<ActionQuery, 'limit'>,
  say: Say,
): AsyncGenerator<CsvRow[]> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor } = await ledger.actions({ ...query, limit: atOnce, cursor });
    yield items.map((action) => rowOf(action, say));
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}

function rowOf(action: StoredAction, say: Say): CsvRow {
  const { at, who, via, what, refundId, orderId, from, to, reason, answer, rule, edits, bulk } = action;
  const changes = Object.entries(edits).map(([name, value]) => say(editText(name, value)));
  return [
    seoulSecond(at),
    who === '' ? say(log.unknownName) : who,
    say(viaText(via)),
    say(kindText(what)),
    refundId,
    orderId,
    from === null ? null : say(stateWordsOf(from)),
    to === null ? null : say(stateWordsOf(to)),
    reason,
    say(answerText(answer)),
    rule === null ? null : say(ruleText(rule)),
    changes.join(' · '),
    bulk,
  ];
}
