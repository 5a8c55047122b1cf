// One HTTP request to Bootpay, and exactly how far it got.
import type { Dispatcher } from 'undici';
import { openPool, type PoolOptions } from '../outbound/pool.ts';
import { bodyText } from './body.ts';
import type { Limit } from './limit.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base URL, such as `/cancel`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export type RawResult =
  /** Not one byte of the request was handed to a socket. */
  | { readonly kind: 'not_sent'; readonly cause: string }
  /** Written or perhaps written, and no status came back. */
  | { readonly kind: 'no_answer'; readonly cause: string }
  | (Head & {
      readonly kind: 'answered';
      /** Decoded. Empty when `broken` says why it is not whole, or cannot be decoded. */
      readonly body: string;
      readonly broken: string | null;
    });

interface Head {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
}

interface HttpOptions extends PoolOptions {
  readonly baseUrl: string;
  readonly maxReplyBytes: number;
}

export interface Http {
  send(request: HttpRequest, limit: Limit): Promise<RawResult>;
  close(): Promise<void>;
}

export function createHttp(options: HttpOptions): Http {
  const base = new URL(options.baseUrl);
  const root = base.pathname.replace(/\/+$/, '');
  const pool = openPool(base.origin, options);
  const send = (request: HttpRequest, limit: Limit): Promise<RawResult> =>
    new Promise((resolve) => {
      const exchange = new Exchange(options.maxReplyBytes, limit, resolve);
      if (limit.ended) return exchange.stop();
      try {
        pool.dispatch({ ...request, path: root + request.path }, exchange);
      } catch (error) {
        exchange.onResponseError(null, error);
      }
    });
  return { send, close: () => pool.destroy() };
}

/**
 * The life of one request. undici calls `onRequestStart` in the same turn in which it writes to the socket and never
 * before: an exchange that ends without it left nothing on the wire, whatever the error says.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #maxBytes: number;
  readonly #limit: Limit;
  readonly #resolve: (result: RawResult) => void;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #controller: Dispatcher.DispatchController | null = null;
  #head: Head | null = null;
  #encoding: string | null = null;
  #ended = false;

  constructor(maxBytes: number, limit: Limit, resolve: (result: RawResult) => void) {
    this.#maxBytes = maxBytes;
    this.#limit = limit;
    this.#resolve = resolve;
    limit.listeners.add(this.stop);
  }

  readonly stop = (): void => this.#end(this.#limit.reason);

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici may start a request a second time (it says so at `onConnect`): a POST must not be written twice.
    if (this.#controller !== null) this.#end('resend_refused');
    // Stopped while it waited for a connection: aborting here, before the write, keeps it off the wire.
    if (this.#ended) controller.abort(new Error('ended'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: unknown, status: number, headers: Record<string, unknown>): void {
    if (status < 200) return;
    this.#head = {
      status,
      contentType: textOf(headers['content-type']),
      retryAfter: textOf(headers['retry-after']),
    };
    this.#encoding = [headers['content-encoding'] ?? []].flat().join(',') || null;
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) this.#end('too_large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end(null);
  }

  onResponseError(_controller: unknown, error: unknown): void {
    this.#end(this.#head === null ? codeOf(error) : 'truncated');
  }

  #end(cause: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#limit.listeners.delete(this.stop);
    this.#resolve(this.#result(cause));
    if (cause !== null) this.#controller?.abort(new Error(cause));
  }

  #result(cause: string | null): RawResult {
    if (this.#head !== null) return { kind: 'answered', ...this.#head, ...this.#read(cause) };
    return { kind: this.#controller === null ? 'not_sent' : 'no_answer', cause: cause ?? 'no_status' };
  }

  #read(cause: string | null): { body: string; broken: string | null } {
    if (cause !== null) return { body: '', broken: cause };
    const read = bodyText(Buffer.concat(this.#chunks), {
      encoding: this.#encoding,
      maxBytes: this.#maxBytes,
    });
    return read.kind === 'text' ? { body: read.text, broken: null } : { body: '', broken: read.cause };
  }
}

function textOf(header: unknown): string | null {
  return typeof header === 'string' ? header : null;
}

/** Only an error code leaves this file: messages may hold addresses and headers. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return /^\w{1,50}$/.test(code) ? code : 'error';
}
