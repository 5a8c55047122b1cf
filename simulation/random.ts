// The one source of chance of a history: the same words give the same numbers on any machine, for ever.

export interface Chance {
  /** 0 to 1, 1 excluded. */
  next(): number;
  /** Whole numbers, both ends included. */
  int(from: number, to: number): number;
  is(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** By weight; weights need not add up to anything. */
  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key;
}

/** sfc32, seeded from the words by FNV-1a. */
export function chanceFrom(words: string): Chance {
  const state = [1, 2, 3].map((salt) => hash(`${salt}:${words}`));
  let [a = 0, b = 0, c = 0] = state;
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }
  for (let warmUp = 0; warmUp < 12; warmUp += 1) next();

  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    is: (probability) => probability > 0 && next() < probability,
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
    weighted(weights) {
      const entries = entriesOf(weights);
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key;
      }
      const last = entries.at(-1);
      if (last === undefined) throw new Error('nothing to pick from');
      return last[0];
    },
  };
}

function entriesOf<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): [Key, number][] {
  return Object.entries<number | undefined>(weights).flatMap(([key, weight]): [Key, number][] =>
    weight === undefined || weight <= 0 ? [] : [[key as Key, weight]],
  );
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
