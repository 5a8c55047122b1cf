import { expect, test } from 'vitest';
import { stalePages } from '../../tools/make-docs.ts';

test('the pages made from the tables are fresh (npm run docs)', () => {
  expect(stalePages().map(({ path }) => path)).toEqual([]);
});
