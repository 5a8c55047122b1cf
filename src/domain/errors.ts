// The two errors this project throws on purpose, and the end of every exhaustive switch.

/** The configuration is wrong. `problems` names every wrong variable; a start with one of these exits with 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Our own rules were broken: a bug. Never used for anything a merchant, Bootpay or Redis can cause. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function assertNever(value: never): never {
  throw new InvariantError(`unhandled case: ${JSON.stringify(value)}`);
}
