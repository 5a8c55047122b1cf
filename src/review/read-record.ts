// Reads one record with all that is shown beside it: for the server, and for `status` and `dead-letters show`.
import type { PolicySettings } from '../domain/decision.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger, ListItem } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import { isOpen, type State } from '../domain/states.ts';
import type { Obstacles } from '../policies/waiting-for.ts';
import {
  listedView,
  type RecordView,
  recordView,
  type UnreadView,
  unreadView,
  waitingView,
} from './record-view.ts';

export interface RecordSource {
  readonly ledger: Pick<Ledger, 'read' | 'readReceipt'>;
  readonly clock: { now(): number; jumpedAt(): number | null };
  readonly config: { readonly policy: PolicySettings };
  /** What stands in the way of every refund. */
  obstacles(): Promise<Obstacles>;
}

export type RecordAnswer =
  | { readonly kind: 'record'; readonly view: RecordView }
  | { readonly kind: 'unread'; readonly view: UnreadView }
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
  const receiptId = (refund ?? unread)?.receiptId ?? null;
  const row = receiptId === null ? null : await ledger.readReceipt(receiptId);
  if (unread !== null) return { kind: 'unread', view: unreadView(unread, history, row) };
  if (refund === null || row === null) return { kind: 'not_found' };
  const context = {
    row,
    now: clock.now(),
    jumpedAt: clock.jumpedAt(),
    settings: config.policy,
    obstacles: await obstacles(),
  };
  return { kind: 'record', view: recordView(refund, history, context) };
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
  return {
    en: `This refund ended as ${state}; its details were erased after the retention time (RECORD_RETENTION_DAYS). The same event is still a duplicate.`,
    ko: `이 환불은 ${state} 상태로 종료되었고, 보관 기간(RECORD_RETENTION_DAYS)이 지나 상세 기록이 삭제되었어요. 같은 이벤트는 여전히 중복으로 처리돼요.`,
  };
}
