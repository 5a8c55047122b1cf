// Log events, JSON or pretty on a terminal; every line passes `redact` first. The only file that knows pino.
import { createRequire } from 'node:module';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import type * as PinoPretty from 'pino-pretty';
import { escapeControls } from './printable.ts';
import { hidden, redact, redactText } from './redact.ts';
import { standardError } from './standard-error.ts';

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

interface LoggerOptions {
  readonly level: LogLevel;
  /** Coloured lines for people. */
  readonly pretty?: boolean;
  readonly destination: DestinationStream;
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

/** The log of a command, on standard error. @param now ms */
export function commandLogger(level: LogLevel, now: () => number): Logger {
  const destination = standardError({
    now,
    onLost: ({ lost, since }) => {
      const fields = { lost, since: new Date(since).toISOString() };
      log[level === 'error' ? 'error' : 'warn'](fields, 'log_lines_lost');
    },
  });
  const log = createLogger({ level, pretty: process.stderr.isTTY === true, destination });
  return log;
}

export function createLogger({ level, pretty = false, destination }: LoggerOptions): Logger {
  return wrap(pino(optionsFor(level), pretty ? forPeople(destination) : destination));
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
  const shown = (_name: string, value: unknown) =>
    typeof value === 'string' ? escapeControls(value) : value;
  return { write: (line) => target.write(pretty(JSON.parse(line, shown))) };
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
