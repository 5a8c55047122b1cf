/** Counts what was admitted in the last second, for the PG's limit and for Bootpay's (if it has one). */

export class SlidingSecond {
  #admittedAt: number[] = [];

  /** Whether one more fits under the limit; if so it is counted. What is turned away does not count. */
  admits(limit: number | null, now: number): boolean {
    this.#admittedAt = this.#admittedAt.filter((at) => at > now - 1_000);
    if (limit !== null && this.#admittedAt.length + 1 > limit) return false;
    this.#admittedAt.push(now);
    return true;
  }
}
