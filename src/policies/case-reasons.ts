// Reasons: cases that clerks are told the same "why" about have one reason, whichever code or rule it came from. Lists are
// grouped and filtered by it, and the help explains each. A reason is named after what has its words, so that its name stays
// when the words get better.
import type { Text } from '../domain/problem.ts';
import type { DeadLetter, Refund } from '../domain/refund.ts';
import { caseWords } from './case-advice.ts';
import type { ShortWords } from './case-words.ts';
import * as words from './case-words.ts';
import { errorTable } from './error-table.ts';
import { type PgName, pgErrorTable } from './pg-error-table.ts';

export interface CaseReason {
  readonly name: string;
  readonly why: Text;
  readonly told: readonly ToldOf[];
}

/** What is told of it: the same everywhere, or another advice for each code. */
export interface ToldOf {
  /** null: no code stands for it. `pg`: whose code it is, null: Bootpay's. */
  readonly code: string | null;
  readonly pg: PgName | null;
  readonly meaning: Text | null;
  readonly toDo: Text;
  /** null: it depends on the case. */
  readonly advice: Text | null;
}

type Named = ToldOf & { readonly name: string; readonly why: Text };

const ours: readonly Named[] = [
  own('drift', words.drift),
  own('integrity_mismatch', words.integrityMismatch),
  own('outcome_unknown', words.outcomeUnknown),
  own('retries_exhausted', words.retriesExhausted),
  own('deadline_passed', words.deadlinePassed),
  own('data_key_missing', { ...words.keyMissing(''), advice: null }),
  own('window_closed', words.bootpayWindowClosed),
  own('window_closed', words.windowClosed),
  own('method_cannot_partial', words.methodCannotPartial),
  own('account_missing', words.accountMissing),
  own('unpaid_account', words.unpaidAccount),
  own('nothing_paid', words.nothingPaid),
  own('foreign_currency', words.foreignCurrency),
  own('look_up_unusable', words.lookUpUnusable),
  own('cancel_unusable', words.cancelUnusable),
  own('unreadable_code', words.unreadableCode),
  own('no_code', words.noCode),
  own('poison', words.poison),
  own('unreadable_record', words.unreadableRecord),
  own('newer_record', words.newerRecord),
];

const byCode: readonly Named[] = [
  ...errorTable.map((row) => ({ ...row, code: row.name, pg: null })),
  ...pgErrorTable.map((row) => ({ ...row, name: `${row.pg}_${row.code}` })),
];

const unlistedReason = own('unlisted', { ...words.unlisted(''), advice: null });

/** Our own first, then those of codes, as their tables have them. */
export const caseReasons: readonly CaseReason[] = gathered([...ours, ...byCode, unlistedReason]);

const byWhy = new Map(caseReasons.map((reason) => [bothOf(reason.why), reason]));
const byName = new Map(caseReasons.map((reason) => [reason.name, reason]));

export function reasonOf(deadLetter: DeadLetter, lastLookUp: Refund['lastLookUp']): string {
  return byWhy.get(bothOf(caseWords(deadLetter, lastLookUp).why))?.name ?? unlistedReason.name;
}

/** A newer version may have reasons of its own: those have no words here. */
export function reasonWhy(name: string): Text {
  return byName.get(name)?.why ?? { ko: name, en: name };
}

function own(name: string, { why, toDo, advice = null }: ShortWords & Advised): Named {
  return { name, code: null, pg: null, meaning: null, why, toDo, advice };
}

interface Advised {
  readonly advice?: Text | null;
}

function gathered(all: readonly Named[]): CaseReason[] {
  const reasons = new Map<string, { name: string; why: Text; told: ToldOf[] }>();
  for (const { name, why, code, pg, meaning, toDo, advice } of all) {
    const reason = reasons.get(bothOf(why)) ?? { name, why, told: [] };
    reason.told.push({ code, pg, meaning, toDo, advice });
    reasons.set(bothOf(why), reason);
  }
  return [...reasons.values()];
}

/** One language may say the same of two. */
function bothOf({ ko, en }: Text): string {
  return `${ko} ${en}`;
}
