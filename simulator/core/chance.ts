/**
 * Chance that can be repeated: a number that depends on the seed and on what is drawn for, never on
 * the order in which calls happen to arrive, so that a soak run with the same seed meets the same faults.
 */

/** A number from 0 (included) to 1 (excluded) for this seed and subject. */
function chance(seed: number, subject: string): number {
  let hash = seed | 0;
  for (const character of subject) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x5bd1e995);
  return mixed(hash) / 2 ** 32;
}

function mixed(value: number): number {
  let bits = (value + 0x6d2b79f5) | 0;
  bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}

/** The n-th draw for a subject is the same for a seed, whatever is drawn for others meanwhile. */
export class Draws {
  readonly #seed: number;
  readonly #drawn = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  next(subject: string): number {
    const number = (this.#drawn.get(subject) ?? 0) + 1;
    this.#drawn.set(subject, number);
    return chance(this.#seed, `${subject} ${number}`);
  }
}
