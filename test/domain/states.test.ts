// The states of a refund and every move between them: the table of docs/design.md section 4, row by row.
import { describe, expect, test } from 'vitest';
import { isOpen, mayMove, moves, openStates, type State, stateSchema } from '../../src/domain/states.ts';

// Read from the table by hand, apart from the code.
const rows: readonly [State, State, 'worker' | 'operator' | 'reconciliation'][] = [
  ['queued', 'sending', 'worker'],
  ['waiting_retry', 'sending', 'worker'],
  ['queued', 'succeeded', 'worker'],
  ['waiting_retry', 'succeeded', 'worker'],
  ['queued', 'dead_lettered', 'worker'],
  ['waiting_retry', 'dead_lettered', 'worker'],
  ['sending', 'succeeded', 'worker'],
  ['sending', 'waiting_retry', 'worker'],
  ['sending', 'unknown', 'worker'],
  ['sending', 'dead_lettered', 'worker'],
  ['unknown', 'succeeded', 'worker'],
  ['unknown', 'waiting_retry', 'worker'],
  ['unknown', 'dead_lettered', 'worker'],
  ['dead_lettered', 'queued', 'operator'],
  ['dead_lettered', 'succeeded', 'operator'],
  ['dead_lettered', 'resolved', 'operator'],
  ['succeeded', 'dead_lettered', 'reconciliation'],
  ['resolved', 'dead_lettered', 'reconciliation'],
];
const states = stateSchema.options;
const open = ['queued', 'sending', 'unknown', 'waiting_retry'] as const;

test.each(rows)('a refund that is %s may become %s by a %s', (from, to, by) => {
  expect(mayMove(from, to)).toBe(true);
  expect(moves.filter((move) => move.from === from && move.to === to)).toEqual([
    { from, to, by, when: expect.stringMatching(/\S/) },
  ]);
});

test('the table holds these moves and no others', () => {
  expect(moves).toHaveLength(rows.length);
});

describe.each(states)('a refund that is %s', (from) => {
  const others = states.filter((to) => to !== from && !rows.some((row) => row[0] === from && row[1] === to));

  test.each(others)('never becomes %s', (to) => {
    expect(mayMove(from, to)).toBe(false);
  });
});

test.each(['queued', 'waiting_retry', 'unknown'] as const)(
  'a refund that is %s may stay so: a later wake-up is no move',
  (state) => {
    expect(mayMove(state, state)).toBe(true);
  },
);

test.each(['succeeded', 'resolved', 'dead_lettered'] as const)(
  'a refund that is %s is not written again',
  (state) => {
    expect(mayMove(state, state)).toBe(false);
  },
);

// Section 4: sending leads to succeeded, waiting_retry, unknown and dead_lettered; nothing waits in it.
test('a refund that is sending does not stay so', () => {
  expect(mayMove('sending', 'sending')).toBe(false);
});

test('open are exactly the states that wait for no person', () => {
  expect([...openStates].sort()).toEqual([...open].sort());
  expect(states.filter(isOpen).sort()).toEqual([...open].sort());
});

test('from every open state poison leads to a person', () => {
  for (const state of open) expect(mayMove(state, 'dead_lettered')).toBe(true);
});

test('every state ends succeeded, resolved or in front of a person', () => {
  for (const state of states) {
    const reachable = new Set<State>([state]);
    for (const from of reachable) for (const to of states) if (mayMove(from, to)) reachable.add(to);
    expect([...reachable]).toEqual(expect.arrayContaining(['dead_lettered', 'succeeded', 'resolved']));
  }
});

test('money is called for only after an attempt was written: nothing but sending leads to unknown', () => {
  expect(moves.filter(({ to }) => to === 'unknown').map(({ from }) => from)).toEqual(['sending']);
  expect(
    moves
      .filter(({ to }) => to === 'sending')
      .map(({ from }) => from)
      .sort(),
  ).toEqual(['queued', 'waiting_retry']);
});
