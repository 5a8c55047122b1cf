// Reads one record with all that is shown beside it: for the server, and for `status` and `dead-letters show`.
import type { Beside } from '../domain/beside.ts';
import type { PolicySettings } from '../domain/decision.ts';
import type { RefundId } from '../domain/ids.ts';
import { itemOf, type Ledger, type ListItem, type ReceiptRow } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { HistoryEntry } from '../domain/refund.ts';
import { isOpen, type State } from '../domain/states.ts';
import type { UnreadRefund } from '../domain/unread.ts';
import type { CaseFacts } from '../policies/replay-rules.ts';
import { stateWords } from '../policies/state-words.ts';
import type { Obstacles } from '../policies/waiting-for.ts';
import {
  listedView,
  type RecordView,
  recordView,
  type UnreadView,
  unreadView,
  waitingView,
} from './record-view.ts';

interface RecordSource {
  readonly ledger: Pick<Ledger, 'read' | 'readReceipt' | 'beside'>;
  readonly clock: { now(): number; jumpedAt(): number | null };
  readonly config: { readonly policy: PolicySettings };
  /** What stands in the way of every refund. */
  obstacles(): Promise<Obstacles>;
}

interface RecordParts {
  readonly history: readonly HistoryEntry[];
  /** null: not even its receipt is known. */
  readonly row: ReceiptRow | null;
  readonly beside: Beside;
}

export type RecordAnswer =
  | ({ readonly kind: 'record'; readonly view: RecordView; readonly facts: CaseFacts } & RecordParts)
  | ({ readonly kind: 'unread'; readonly view: UnreadView; readonly unread: UnreadRefund } & RecordParts)
  /** Its details were erased; how it ended is all that is left. */
  | { readonly kind: 'purged'; readonly state: State }
  | { readonly kind: 'not_found' };

export async function readRecordView(
  { ledger, clock, config, obstacles }: RecordSource,
  id: RefundId,
): Promise<RecordAnswer> {
  const stored = await ledger.read(id);
  if (stored === null) return { kind: 'not_found' };
  if (stored.purged) return { kind: 'purged', state: stored.state };
  const { refund, unread, history } = stored;
  const receiptId = itemOf(stored)?.receiptId ?? null;
  const [row, beside] = await Promise.all([
    receiptId === null ? null : ledger.readReceipt(receiptId),
    ledger.beside(id, clock.now()),
  ]);
  const parts = { history, row, beside };
  if (unread !== null)
    return { kind: 'unread', view: unreadView(unread, history, row, beside), unread, ...parts };
  if (refund === null || row === null) return { kind: 'not_found' };
  const times = { now: clock.now(), jumpedAt: clock.jumpedAt(), settings: config.policy };
  const view = recordView(refund, history, { row, beside, ...times, obstacles: await obstacles() });
  return { kind: 'record', view, facts: { refund, account: row, ...times }, ...parts };
}

/** The lines of a list, each open refund with what it waits for. */
export async function listedViews({ ledger, clock, obstacles }: RecordSource, items: readonly ListItem[]) {
  const now = clock.now();
  const shared = await obstacles();
  return Promise.all(
    items.map(async (item) => {
      if ('unread' in item || !isOpen(item.state)) return { ...listedView(item), waiting_for: null };
      const { holder } = await ledger.readReceipt(item.receiptId);
      return { ...listedView(item), waiting_for: waitingView(item, { now, holder, obstacles: shared }) };
    }),
  );
}

export type ListedView = Awaited<ReturnType<typeof listedViews>>[number];

export function purgedText(state: State): Text {
  const { ko, en } = stateWords[state];
  return {
    en: `This refund ended as "${en}"; its details were erased after the retention time. The same cancellation is still taken for a duplicate.`,
    ko: `이 환불은 "${ko}" 상태로 끝났고, 보관 기간이 지나 상세 기록이 삭제됐어요. 같은 취소가 다시 와도 중복으로 보고 환불하지 않아요.`,
  };
}
