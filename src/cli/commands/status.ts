// `status REFUND_ID`: one record, as `GET /v1/refunds/{refund_id}` shows it.
import { defineCommand } from '../command.ts';
import { refundId } from '../limits.ts';
import { argument } from '../options.ts';
import { readConfigWithRedis, withSystem } from '../settings.ts';
import { json } from '../shared-options.ts';
import { showRefund } from '../show-refund.ts';

export const status = defineCommand({
  name: 'status',
  says: { en: 'Show one refund.', ko: '환불 한 건을 보여줘요.' },
  arguments: {
    id: argument('<refund_id>', { en: 'As enqueue answered it.', ko: 'enqueue가 알려준 ID.' }, refundId),
  },
  options: { json },
  examples: ['status rf_abcdefghijklmnopqrstuvwxyz', 'status rf_abcdefghijklmnopqrstuvwxyz --json'],
  async run(io, input) {
    return withSystem(io, await readConfigWithRedis(io), (system) => showRefund(io, system, input));
  },
});
