// A case whose record cannot be read, for the policies' tests.
import { receiptIdSchema, refundIdSchema } from '../../src/domain/ids.ts';
import type { UnreadRefund } from '../../src/domain/unread.ts';
import { now } from './refunds.ts';

/** Nothing was sent for it. */
export function unread(changes: Partial<UnreadRefund> = {}): UnreadRefund {
  return {
    unread: 'unreadable',
    refundId: refundIdSchema.parse('rf_abcdefghijklmnopqrstuvwxyz'),
    receiptId: receiptIdSchema.parse('r-1'),
    orderId: 'o-1',
    state: 'dead_lettered',
    version: 4,
    sent: false,
    deadLetter: { case: 'poison', code: null, pgCode: null, severity: 'critical', at: now },
    ...changes,
  };
}
