// `dead-letters list`: the cases, newest first, each with its advice.
import { defineCommand } from '../../command.ts';
import { printCases } from '../../print/list.ts';
import { readConfigWithRedis, withSystem } from '../../settings.ts';
import { json } from '../../shared-options.ts';
import { limit } from '../list.ts';
import { filterOf, filterOptions } from './filter.ts';

export const listCases = defineCommand({
  name: 'list',
  says: { en: 'List the cases with what to do.', ko: '검토할 건과 조치 방법을 보여줘요.' },
  options: { ...filterOptions, limit, json },
  examples: ['dead-letters list --code RC_CANCEL_PRICE_OVER', 'dead-letters list --older-than 2h --json'],
  async run(io, input) {
    return withSystem(io, await readConfigWithRedis(io), async ({ deadLetters }) => {
      const { items } = await deadLetters.list({ filter: filterOf(input), limit: input.limit ?? 100 });
      await printCases(io, items, input);
      return 0;
    });
  },
});
