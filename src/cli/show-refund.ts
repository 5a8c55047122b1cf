// Reads one record with everything around it and prints it: `status`, `dead-letters show`, and what a verdict led to.
import type { System } from '../compose.ts';
import type { RefundId } from '../domain/ids.ts';
import type { State } from '../domain/states.ts';
import { purgedText } from '../review/purged.ts';
import { recordView, unreadView } from '../review/record-view.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { recordText, unreadRecordText } from './print/record.ts';

export async function showRefund(
  io: Io,
  system: System,
  { id, json }: { readonly id: RefundId; readonly json: boolean },
): Promise<ExitCode> {
  const stored = await system.ledger.read(id);
  if (stored === null) return notFound(io, id);
  if (stored.purged) return forgotten(io, { id, state: stored.state, json });
  const { refund, unread, history } = stored;
  const receiptId = (refund ?? unread)?.receiptId ?? null;
  const row = receiptId === null ? null : await system.ledger.readReceipt(receiptId);
  if (unread !== null) {
    const view = unreadView(unread, history, row);
    await io.out(json ? JSON.stringify(view) : unreadRecordText(io, view));
    return 0;
  }
  if (refund === null || row === null) return notFound(io, id);
  const { clock, config } = system;
  const context = { row, now: clock.now(), jumpedAt: clock.jumpedAt(), settings: config.policy };
  const view = recordView(refund, history, context);
  await io.out(json ? JSON.stringify(view) : recordText(io, view));
  return 0;
}

/** As JSON on stdout too: a program learns how it ended. */
async function forgotten(
  io: Io,
  { id, state, json }: { readonly id: RefundId; readonly state: State; readonly json: boolean },
): Promise<ExitCode> {
  if (json) await io.out(JSON.stringify({ result: 'forgotten', refund_id: id, state }));
  return notePurged(io, id, state);
}

export function notePurged(io: Io, id: RefundId, state: State): ExitCode {
  const { ko, en } = purgedText(state);
  io.note(`${id}: ${ko}\n${en}`);
  return 1;
}

export function notFound(io: Io, id: RefundId): ExitCode {
  io.note(`There is no refund ${id} under this REDIS_PREFIX. (이 환불을 찾을 수 없어요.)`);
  return 1;
}
