// What people keep beside a refund, for each other: a note, whom a case is handed to, and "I am looking at it". None of it
// blocks anybody or changes the case.
import type { Actor } from '../domain/action.ts';
import { assignedTo, type Beside, type NewNote, type NoteResult } from '../domain/beside.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import { itemOf, type Ledger } from '../domain/ledger.ts';
import { isAtLeast, isSameName, type Person } from '../domain/people.ts';
import type { Text } from '../domain/problem.ts';
import { movedBy } from './moved-by.ts';
import type { ReviewResult } from './ports.ts';
import { accountMask } from './without-account.ts';

interface BesideDeps {
  readonly ledger: Pick<
    Ledger,
    'read' | 'keptAccount' | 'addNote' | 'watch' | 'unwatch' | 'recordAction' | 'peopleOn'
  >;
  readonly now: () => number;
  /** Of OPERATORS. */
  readonly people: readonly Person[];
}

interface HandOverRequest {
  /** null: nobody any more. */
  readonly to: string | null;
  readonly note: string | null;
  /** null: whichever version is stored. */
  readonly version: number | null;
}

export type NoteRule = 'too_many_notes' | 'no_such_person';

export type BesideResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly rule: NoteRule }
  | Extract<ReviewResult, { kind: 'not_found' | 'purged' | 'moved' }>;

/** Whose case it is and who looks at it, for one line of a list. */
export interface OnCase {
  readonly assignedTo: string | null;
  readonly watching: readonly string[];
}

export const nobody: OnCase = { assignedTo: null, watching: [] };

export interface CaseBeside {
  note(id: RefundId, by: Actor, text: string): Promise<BesideResult>;
  handOver(id: RefundId, by: Actor, request: HandOverRequest): Promise<BesideResult>;
  /** For ten minutes from now. */
  watch(id: RefundId, who: string): Promise<void>;
  unwatch(id: RefundId, who: string): Promise<void>;
  /** In the order of the items. */
  onCases(
    items: readonly { readonly refundId: RefundId; readonly state: string; readonly version: number }[],
  ): Promise<readonly OnCase[]>;
  /** Whom a case may be handed to. */
  readonly takers: readonly string[];
}

export const watchedForMs = 10 * 60 * 1000;

export function createCaseBeside(deps: BesideDeps): CaseBeside {
  const { ledger, now, people } = deps;
  const takers = people.filter(({ role }) => isAtLeast(role, 'reviewer')).map(({ name }) => name);
  return {
    takers,
    async note(id, by, text) {
      const writing = { id, by, what: 'note', text } as const;
      return keptUnlessDone(deps, writing, await write(deps, writing));
    },
    async handOver(id, by, { to, note, version }) {
      const known = to === null ? null : takers.find((name) => isSameName(name, to));
      const writing = { id, by, what: 'hand_over', text: note } as const;
      const result: BesideResult =
        known === undefined
          ? { kind: 'refused', rule: 'no_such_person' }
          : await write(deps, { ...writing, handOver: { to: known, version } });
      return keptUnlessDone(deps, writing, result);
    },
    watch: (id, who) => ledger.watch(id, { who, until: now() + watchedForMs }, now()),
    unwatch: (id, who) => ledger.unwatch(id, who),
    async onCases(items) {
      const ids = items.map(({ refundId }) => refundId);
      const found = await ledger.peopleOn(ids, now());
      return items.map((item, place) => onCase(item, found[place]));
    },
  };
}

interface Writing {
  readonly id: RefundId;
  readonly by: Actor;
  readonly what: NewNote['what'];
  readonly text: string | null;
  readonly handOver?: { readonly to: string | null; readonly version: number | null };
}

async function write(
  { ledger, now }: BesideDeps,
  { id, by, what, text, handOver }: Writing,
): Promise<BesideResult> {
  const stored = await ledger.read(id);
  if (stored === null) return { kind: 'not_found' };
  if (stored.purged) return { kind: 'purged', state: stored.state };
  const { who, via } = by;
  const [at, shown] = [now(), text === null ? null : (await accountMask(ledger, id))(text)];
  const to = handOver?.to ?? null;
  const version = handOver === undefined ? null : (handOver.version ?? stored.version);
  const orderId = itemOf(stored)?.orderId ?? null;
  const about = { who, via, what, refundId: id, orderId, version, reason: shown };
  const edits = handOver === undefined ? {} : { to: to ?? '' };
  const result = await ledger.addNote(id, {
    note: { at, who, via, what, text: shown, to },
    action: { at, ...about, edits, answer: 'done' },
    ...(version !== null && {
      handOver: { version, assigned: to === null ? null : { to, by: who, at, version } },
    }),
  });
  return resultOf(ledger, id, result);
}

async function resultOf(
  ledger: BesideDeps['ledger'],
  id: RefundId,
  result: NoteResult,
): Promise<BesideResult> {
  switch (result) {
    case 'done':
      return { kind: 'done' };
    case 'full':
      return { kind: 'refused', rule: 'too_many_notes' };
    case 'moved':
    case 'missing':
      return movedBy({ ledger }, id);
    default:
      return assertNever(result);
  }
}

/** What was not done is kept as well. */
async function keptUnlessDone(
  { ledger, now }: BesideDeps,
  { id, by: { who, via }, what }: Writing,
  result: BesideResult,
): Promise<BesideResult> {
  if (result.kind === 'done') return result;
  const { kind } = result;
  const answer = kind === 'purged' ? 'not_found' : kind;
  const rule = kind === 'refused' ? result.rule : null;
  await ledger.recordAction({ at: now(), who, via, what, refundId: id, answer, rule });
  return result;
}

function onCase(
  item: { readonly state: string; readonly version: number },
  found: Pick<Beside, 'assigned' | 'watching'> | undefined,
): OnCase {
  return {
    assignedTo: assignedTo(item, found?.assigned ?? null)?.to ?? null,
    watching: (found?.watching ?? []).map(({ who }) => who),
  };
}

export const besideTexts = {
  too_many_notes: {
    ko: '이 환불에는 메모가 너무 많아 더 남길 수 없어요.',
    en: 'This refund has as many notes as are kept.',
  },
  no_such_person: {
    ko: '이 이름의 검토자가 운영자 목록에 없어요.',
    en: 'No operator of this name may decide on cases.',
  },
} as const satisfies Record<NoteRule, Text>;
