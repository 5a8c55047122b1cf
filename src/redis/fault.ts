// Recognises failures of Redis, and their kind, for everything that reports a failure.
import { codeOf } from '../domain/errors.ts';

/**
 * - `away`: the connection is lost, refused, closed or without an answer.
 * - `read_only`: the server was a primary until a failover and takes no writes.
 * - `unusable`: the server answers, but takes no commands now, or none from us.
 * - `full`: out of memory.
 * - `refused`: any other error reply, or an answer that is not Redis' protocol.
 */
export type RedisFault = 'away' | 'read_only' | 'unusable' | 'full' | 'refused';

/** null: not a failure of Redis. An error reply that stopped a script is quoted inside the script's own error. */
export function redisFault(error: unknown): RedisFault | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  if (/(^|\W)OOM /.test(message)) return 'full';
  if (/(^|\W)READONLY /.test(message)) return 'read_only';
  if (connectionErrors.has(name) || connectionTexts.test(message) || isConnectionCode(error)) return 'away';
  if (name === 'ReplyError') return unusable.test(message) ? 'unusable' : 'refused';
  return /^(Unknown RESP type|Protocol error)/.test(message) ? 'refused' : null;
}

/** By ioredis: retries used up, or a command in flight when the connection closed. */
const connectionErrors = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'AbortError']);

const connectionTexts =
  /^(Connection is closed|Command timed out|Cluster is|All sentinels are unreachable|Too many Cluster redirections|Stream isn't writeable|Socket closed unexpectedly|Redis gave no answer)/;

const unusable = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|BUSY|NOAUTH|WRONGPASS|NOPERM)/;

const connectionCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
]);

function isConnectionCode(error: Error): boolean {
  const code = codeOf(error) ?? '';
  if (connectionCodes.has(code)) return true;
  return 'syscall' in error && error.syscall === 'connect' && code.startsWith('E');
}
