// Recognises failures of Redis, and their kind, for everything that reports a failure.
import { codeOf } from '../domain/errors.ts';

/**
 * - `away`: the connection is lost, refused, closed or without an answer.
 * - `denied`: something answers, but does not let us in or do our work, or cannot be trusted; waiting does not help.
 * - `read_only`: the server was a primary until a failover and takes no writes.
 * - `unusable`: the server answers, but takes no commands now.
 * - `full`: out of memory.
 * - `refused`: any other error reply.
 */
export type RedisFault = 'away' | 'denied' | 'read_only' | 'unusable' | 'full' | 'refused';

/** null: not a failure of Redis. An error reply that stopped a script is quoted inside the script's own error. */
export function redisFault(error: unknown): RedisFault | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  if (/(^|\W)OOM /.test(message)) return 'full';
  if (/(^|\W)READONLY /.test(message)) return 'read_only';
  if (isDenial(error)) return 'denied';
  if (connectionErrors.has(name) || connectionTexts.test(message) || isConnectionCode(error)) return 'away';
  if (name === 'ReplyError') return unusable.test(message) ? 'unusable' : 'refused';
  return null;
}

/** When all sentinels or all nodes of a cluster fail, the last one's error says why. */
const lastErrorOf = /^(?:All sentinels are unreachable|Failed to refresh slots cache).* Last error: (.*)$/s;

/** By ioredis: retries used up, or a command in flight when the connection closed. */
const connectionErrors = new Set(['MaxRetriesPerRequestError', 'ClusterAllFailedError', 'AbortError']);

const connectionTexts =
  /^(Connection is closed|Command timed out|Socket timeout|No answer for|Cluster is|All sentinels are unreachable|Failed to refresh slots|None of startup nodes|Too many Cluster redirections|Stream isn't writeable|Socket closed unexpectedly|Redis gave no answer)/;

const unusable = /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|BUSY)/;

/** Replies that a configuration has to change for, and answers that are not Redis' protocol. */
const denials =
  /^(NOAUTH|WRONGPASS|NOPERM|DENIED|Unknown RESP type|Protocol error|ERR (max number of clients|invalid password|AUTH |Client sent AUTH|DB index|invalid DB index|SELECT is not allowed|unknown command|The user executing the script can't))/;
const certificates = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
/** By the sentinels' and by OpenSSL's own words, where only the text is left. */
const lastDenials = /^(ERR No such master|.*certificate|Hostname\/IP does not match)/;

function isDenial(error: Error): boolean {
  const [, last] = lastErrorOf.exec(error.message) ?? [];
  if (last !== undefined && (denials.test(last) || lastDenials.test(last))) return true;
  const node = 'lastNodeError' in error ? error.lastNodeError : null;
  if (node instanceof Error && isDenial(node)) return true;
  return denials.test(error.message) || certificates.test(codeOf(error) ?? '');
}

const connectionCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
]);

function isConnectionCode(error: Error): boolean {
  const code = codeOf(error) ?? '';
  if (connectionCodes.has(code)) return true;
  return 'syscall' in error && error.syscall === 'connect' && code.startsWith('E');
}

/** The last node's error is only in a field, and a silent socket is said in the client's own words. */
export function withReason(error: Error): Error {
  const silent = /^Socket timeout.* in (\d+)ms/.exec(error.message)?.[1];
  if (silent !== undefined) {
    const text = `No answer for ${Number(silent) / 1_000} s: the connection is given up and made anew`;
    return new Error(text, { cause: error });
  }
  const node = 'lastNodeError' in error ? error.lastNodeError : null;
  if (!(node instanceof Error) || node.message === '') return error;
  return new Error(`${error.message} Last error: ${node.message}`, { cause: node });
}
