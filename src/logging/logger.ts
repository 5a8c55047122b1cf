// Log events on stderr, JSON or pretty on a terminal; every line passes `redact` first. The only file that knows pino.
import { createRequire } from 'node:module';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type * as PinoPretty from 'pino-pretty';
import { hidden, redact, redactText } from './redact.ts';

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The logger that the other rooms use: fields first, then the event's name, such as `attempt_sent`. */
export interface Logger {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
  /** A logger that adds these fields to each line. */
  child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Coloured lines for people. Default: when stderr is a terminal. */
  readonly pretty?: boolean;
  /** Default: stderr, written at once, so that a crash loses no line. */
  readonly destination?: DestinationStream;
}

/** A second redaction below `redact`, in case a line ever reaches pino by another way. */
const redactedNames = [
  'authorization',
  'secret_key',
  'private_key',
  'client_key',
  'access_token',
  'password',
  'bank_account',
  'bank_username',
  'bank_code',
];

export function createLogger({ level, pretty, destination }: LoggerOptions): Logger {
  const isPretty = pretty ?? (destination === undefined && process.stderr.isTTY === true);
  const target = destination ?? pino.destination({ fd: 2, sync: true });
  return wrap(pino(optionsFor(level), isPretty ? forPeople(target) : target));
}

/** For tests and libraries that insist on a logger. */
export function silentLogger(): Logger {
  const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
  return silent;
}

function forPeople(target: DestinationStream): DestinationStream {
  // Loaded here, because production writes JSON and does without.
  const { prettyFactory }: typeof PinoPretty = createRequire(import.meta.url)('pino-pretty');
  const pretty = prettyFactory({ colorize: true, messageKey: 'event', ignore: 'pid' });
  return { write: (line) => target.write(pretty(line)) };
}

function optionsFor(level: LogLevel) {
  return {
    level,
    base: { pid: process.pid },
    messageKey: 'event',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redactedNames.flatMap((name) => [name, `*.${name}`]), censor: hidden },
  };
}

function wrap(line: PinoLogger): Logger {
  const at = (level: Exclude<LogLevel, 'silent'>) => (fields: LogFields, event: string) => {
    if (line.isLevelEnabled(level)) line[level](redact(fields), redactText(event));
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(line.child(plainFields(redact(fields)))),
  };
}

function plainFields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
