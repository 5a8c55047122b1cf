// `status REFUND_ID`: one record, as `GET /v1/refunds/{refund_id}` shows it. `dead-letters show` prints the same.
import type { System } from '../../compose.ts';
import { assertNever } from '../../domain/errors.ts';
import type { RefundId } from '../../domain/ids.ts';
import { defineCommand, type ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { refundId } from '../limits.ts';
import { argument, json } from '../options.ts';
import { withSystem } from '../settings.ts';

export const status = defineCommand({
  name: 'status',
  description: { en: 'Show one refund.', ko: '환불 한 건을 보여줘요.' },
  arguments: {
    id: argument('<refund_id>', { en: 'As enqueue answered it.', ko: 'enqueue가 알려준 ID.' }, refundId),
  },
  options: { json },
  examples: ['status rf_abcdefghijklmnopqrstuvwxyz', 'status rf_abcdefghijklmnopqrstuvwxyz --json'],
  async run(io, input) {
    return withSystem(io, (system) => showRefund(io, system, input));
  },
});

export async function showRefund(
  io: Io,
  system: System,
  { id, json: asJson }: { readonly id: RefundId; readonly json: boolean },
): Promise<ExitCode> {
  const { readRecordView } = await import('../../review/read-record.ts');
  const { noteNotFound, notePurged, recordText, unreadRecordText } = await import('../print/record.ts');
  const found = await readRecordView(system, id);
  switch (found.kind) {
    case 'record':
      await io.out(asJson ? JSON.stringify(found.view) : recordText(io, found.view));
      return 0;
    case 'unread':
      await io.out(asJson ? JSON.stringify(found.view) : unreadRecordText(io, found.view));
      return 0;
    case 'purged':
      // On stdout as well, so that a program learns how the refund ended.
      if (asJson) await io.out(JSON.stringify({ result: 'forgotten', refund_id: id, state: found.state }));
      return notePurged(io, id, found.state);
    case 'not_found':
      return noteNotFound(io, id);
    default:
      return assertNever(found);
  }
}
