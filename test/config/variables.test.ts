// The table itself, which is also the README's.
import { describe, expect, test } from 'vitest';
import { type Variable, variables } from '../../src/config/variables.ts';

const rows = Object.entries<Variable<unknown>>(variables);

describe.each(rows)('%s', (name, row) => {
  test('says what it means and what it expects in both languages', () => {
    for (const said of [row.meaning, row.development.expected, row.production.expected]) {
      expect(said.en).toMatch(/[a-z]/);
      expect(said.ko).toMatch(/[가-힣]/);
    }
  });

  test('has no default, or one that its own limits allow, in production too', () => {
    if (row.default === null) return;
    expect(row.development.schema.safeParse(row.default).success).toBe(true);
    expect(row.production.schema.safeParse(row.default).success).toBe(true);
  });

  test('counts milliseconds when its name ends in _MS', () => {
    expect(row.unit === 'ms').toBe(name.endsWith('_MS'));
  });
});

test('nothing secret has a default', () => {
  expect(rows.filter(([, row]) => row.secret && row.default !== null)).toEqual([]);
});
