// Compares what was done with the key: the payment book, the records and the log of actions, case by case.
import type { StoredAction } from '../../src/domain/action.ts';
import { assertNever } from '../../src/domain/errors.ts';
import type { RefundId } from '../../src/domain/ids.ts';
import type { StoredRefund } from '../../src/domain/ledger.ts';
import type { Text } from '../../src/domain/problem.ts';
import { won } from '../../src/policies/amounts.ts';
import type { DeskCase } from './case.ts';
import { colleague, type Desk, type Prepared } from './desk.ts';

export interface Judged {
  readonly number: number;
  readonly title: Text;
  readonly right: boolean;
  /** What is wrong, or what was done. */
  readonly why: string;
  /** Won that went back beyond what the customer was owed. */
  readonly tooMuchWon: number;
}

interface Facts {
  readonly one: DeskCase;
  readonly refunds: readonly StoredRefund[];
  /** Of people, on these refunds, oldest first. */
  readonly actions: readonly StoredAction[];
  /** Of replays of many, whatever they were about. */
  readonly stops: readonly StoredAction[];
  readonly notes: number;
  /** Through Bootpay, and by hand, as far as the records say so. */
  readonly backWon: number;
}

export async function check(desk: Desk, prepared: Prepared): Promise<Judged[]> {
  const judged: Judged[] = [];
  for (const [one, ids] of prepared) judged.push(judge(await factsOf(desk, one, ids)));
  return judged.sort((a, b) => a.number - b.number);
}

function judge(facts: Facts): Judged {
  const { one, backWon } = facts;
  const tooMuchWon = Math.max(0, backWon - one.owedWon);
  const wrong = tooMuchWon > 0 ? `${won(tooMuchWon).en} too much went back` : wrongIn(facts);
  const { number, title } = one;
  return { number, title, right: wrong === null, why: wrong ?? done(facts), tooMuchWon };
}

/** null: the one right act was done, and nothing else. */
function wrongIn(facts: Facts): string | null {
  const { one, refunds, actions, notes } = facts;
  const { right } = one;
  const acts = actions.filter(({ what, answer }) => decides(what) && answer === 'done');
  switch (right.kind) {
    case 'replay':
      return onlyReplayed(acts) ?? paidOnce(facts, right.won) ?? newIdIn(acts, right.newCancelId === true);
    case 'resolve':
      return resolvedAs(facts, acts, right);
    case 'wait':
      return acts.length === 0 ? null : `it was decided (${namesOf(acts)}) instead of left alone`;
    case 'hand_over': {
      if (acts.length > 0) return `it was decided (${namesOf(acts)}) instead of handed over`;
      const handed = actions.some(({ what, answer }) => what === 'hand_over' && answer === 'done');
      return !handed ? 'it was not handed over' : notes === 0 ? 'no note was left' : null;
    }
    case 'many':
      return onlyReplayed(acts) ?? paidOnce(facts, right.won) ?? togetherIn(acts, facts.stops);
    case 'two_people':
      return paidOnce(facts, right.won) ?? byTwo(actions);
    case 'colleague': {
      const own = acts.filter(({ who }) => who !== colleague);
      if (own.length > 0) return `it was decided again (${namesOf(own)}) after the colleague`;
      if (refunds.some(({ state }) => state === 'dead_lettered')) return 'nobody tried it';
      return paidOnce(facts, right.won);
    }
    default:
      return assertNever(right);
  }
}

function decides(what: string): boolean {
  return what === 'replay' || what === 'resolve';
}

function namesOf(acts: readonly StoredAction[]): string {
  return acts.map(({ what, edits }) => [what, edits['outcome']].filter(Boolean).join(': ')).join(', ');
}

function paidOnce({ refunds, one, backWon }: Facts, wanted: number): string | null {
  const open = refunds.filter(({ state }) => state !== 'succeeded');
  const settled = refunds.reduce((sum, { refund }) => sum + (refund?.settledWon ?? 0), 0);
  if (open.length > 0) return `${open.length} of ${refunds.length} not refunded (${open[0]?.state})`;
  if (settled !== wanted) return `${won(settled).en} were sent instead of ${won(wanted).en}`;
  return backWon === one.owedWon ? null : `${won(backWon).en} of ${won(one.owedWon).en} are back`;
}

function onlyReplayed(acts: readonly StoredAction[]): string | null {
  return acts.every(({ what }) => what === 'replay') ? null : `it was closed (${namesOf(acts)})`;
}

function newIdIn(acts: readonly StoredAction[], wanted: boolean): string | null {
  const isNew = acts.some(({ edits }) => edits['new_generation'] === true);
  if (isNew === wanted) return null;
  return wanted ? 'it was sent again with the old cancel number' : 'it got a new cancel number for no reason';
}

function resolvedAs(
  { refunds }: Facts,
  acts: readonly StoredAction[],
  right: Extract<DeskCase['right'], { kind: 'resolve' }>,
): string | null {
  const closed = acts.find(({ what }) => what === 'resolve');
  if (closed === undefined) return acts.length === 0 ? 'nothing was done' : `it was sent again`;
  const outcome = closed.edits['outcome'];
  if (outcome !== right.outcome) return `closed as ${outcome} instead of ${right.outcome}`;
  const evidence = refunds.some(({ refund }) => (refund?.resolution?.evidence ?? null) !== null);
  return right.evidence === true && !evidence ? 'without the evidence' : null;
}

function togetherIn(acts: readonly StoredAction[], stops: readonly StoredAction[]): string | null {
  const bulks = acts.map(({ bulk }) => bulk);
  if (bulks.includes(null)) return 'they were sent one by one';
  return stops.some(({ bulk }) => bulks.includes(bulk)) ? null : 'it was not stopped on the way';
}

/** One asked and another one approved. */
function byTwo(actions: readonly StoredAction[]): string | null {
  const by = (kind: string) => actions.filter(({ what, answer }) => what === kind && answer === 'done');
  const [asked, approved] = [by('ask_approval').at(-1), by('approve').at(-1)];
  if (asked === undefined) return 'no approval was asked for';
  return approved !== undefined && approved.who !== asked.who ? null : 'no second person approved it';
}

function done({ one, actions }: Facts): string {
  if (one.right.kind === 'wait') return 'left alone';
  const kinds = actions.filter(({ answer }) => answer === 'done').map(({ what, who }) => `${what} by ${who}`);
  return [...new Set(kinds)].join(', ') || 'nothing';
}

async function factsOf({ simulator, system }: Desk, one: DeskCase, ids: readonly RefundId[]): Promise<Facts> {
  const refunds: StoredRefund[] = [];
  const actions: StoredAction[] = [];
  let notes = 0;
  for (const id of ids) {
    const stored = await system.ledger.read(id);
    if (stored !== null) refunds.push(stored);
    const page = await system.ledger.actions({ refundId: id, limit: 200 });
    actions.push(...page.items);
    notes += (await system.ledger.beside(id, system.clock.now())).notes.length;
  }
  const stops = (await system.ledger.actions({ what: 'bulk_stop', answer: 'done', limit: 200 })).items;
  const inBook = one.payments.reduce((sum, { id }) => sum + simulator.book.of(id).refundedAmount, 0);
  const byHand = refunds.reduce((sum, { refund }) => sum + byHandWon(refund), 0);
  actions.sort((a, b) => a.at - b.at);
  return { one, refunds, actions, stops, notes, backWon: inBook + byHand };
}

function byHandWon(refund: StoredRefund['refund']): number {
  if (refund?.resolution?.outcome !== 'refunded_by_hand') return 0;
  const { amountWon } = refund.resolution;
  if (amountWon !== undefined) return amountWon;
  // A full cancel by hand gives back the whole payment, whatever was cancelled before.
  return refund.cancel.kind === 'full' ? (refund.lastLookUp?.receipt.priceWon ?? 0) : refund.cancel.amountWon;
}
