import { expect, test } from 'vitest';
import { moves } from '../../src/domain/states.ts';
import { makePages, stalePages } from '../../tools/make-docs.ts';

test('the pages made from the tables are fresh (npm run docs)', () => {
  expect(stalePages().map(({ path }) => path)).toEqual([]);
});

test('the page of the state machine shows every move, and which are an operator’s', () => {
  const text = makePages().find(({ path }) => path === 'docs/state-machine.md')?.text ?? '';
  for (const { from, to } of moves) expect(text).toContain(`  ${from} --> ${to} : `);
  const operator = moves.filter((move) => move.by === 'operator').length;
  expect(text.split('| **operator** |')).toHaveLength(operator + 1);
});
