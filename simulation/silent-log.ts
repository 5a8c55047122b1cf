// A logger that says nothing: what happens is in the transcript.
import type { Logger } from '../src/logging/logger.ts';

const nothing = () => undefined;

export const silentLog: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
