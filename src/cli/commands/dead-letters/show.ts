// `dead-letters show ID`: one case with its evidence, advice and history.
import { defineCommand } from '../../command.ts';
import { refundId } from '../../limits.ts';
import { argument } from '../../options.ts';
import { readConfigWithRedis, withSystem } from '../../settings.ts';
import { json } from '../../shared-options.ts';
import { showRefund } from '../../show-refund.ts';

export const caseArgument = argument(
  '<refund_id>',
  { en: 'As dead-letters list shows it.', ko: 'dead-letters list에 나오는 ID.' },
  refundId,
);

export const show = defineCommand({
  name: 'show',
  says: { en: 'Show one case.', ko: '한 건을 자세히 보여줘요.' },
  arguments: { id: caseArgument },
  options: { json },
  examples: ['dead-letters show rf_abcdefghijklmnopqrstuvwxyz'],
  async run(io, input) {
    return withSystem(io, await readConfigWithRedis(io), (system) => showRefund(io, system, input));
  },
});
