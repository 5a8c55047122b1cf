// Reads one record with everything around it and prints it: `status`, `dead-letters show`, and what a verdict led to.
import type { System } from '../compose.ts';
import type { RefundId } from '../domain/ids.ts';
import { recordView, unreadableView } from '../policies/record-view.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { historyText, recordText } from './print/record.ts';

export async function showRefund(
  io: Io,
  system: System,
  { id, json }: { readonly id: RefundId; readonly json: boolean },
): Promise<ExitCode> {
  const stored = await system.ledger.read(id);
  if (stored === null) return notFound(io, id);
  const { refund, history } = stored;
  if (refund === null) {
    const view = unreadableView(id, stored);
    const { ko, en } = view.dead_letter.advice;
    await io.out(json ? JSON.stringify(view) : `${id}: ${ko} ${en}\n\n${historyText(io, view.history)}`);
    return 0;
  }
  const row = await system.ledger.readReceipt(refund.receiptId);
  const settings = system.config.policy;
  const view = recordView(refund, history, { row, now: system.clock.now(), settings });
  await io.out(json ? JSON.stringify(view) : recordText(io, view));
  return 0;
}

export function notFound(io: Io, id: RefundId): ExitCode {
  io.note(`There is no refund ${id} under this REDIS_PREFIX. (이 환불을 찾을 수 없어요.)`);
  return 1;
}
