// The two errors this project throws on purpose, what can be read from any error, and the end of every exhaustive switch.

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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

/** The name that Node and its libraries give a failure, such as ENOENT; null where there is none. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

export function assertNever(value: never): never {
  throw new InvariantError(`unhandled case: ${JSON.stringify(value)}`);
}
