/** Bootpay's webhooks after a cancel, with everything that can happen to them: late, early, twice, swapped, lost. */
import type { Json } from './core/fields.ts';
import type { Switches } from './core/switches.ts';
import { isJsonObject, jsonOrText } from './http.ts';
import type { Timers } from './timers.ts';

/** One try to deliver. */
export interface Delivery {
  readonly at: number;
  /** 1 for the first try of this webhook. */
  readonly attempt: number;
  readonly body: Json;
  readonly httpStatus: number | null;
  /** Only HTTP 200 with {"success": true} counts. */
  readonly delivered: boolean;
}

interface Post {
  readonly url: string;
  readonly body: Json;
}

const ANSWER_WITHIN_MS = 5_000;

export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly #now: () => number;
  readonly #timers: Timers;
  readonly #changed: () => void;
  readonly #aborted = new AbortController();
  #switches: Switches['webhooks'];
  #heldBack: Post | null = null;
  #closed = false;

  constructor(deps: {
    now: () => number;
    timers: Timers;
    changed: () => void;
    switches: Switches['webhooks'];
  }) {
    this.#now = deps.now;
    this.#timers = deps.timers;
    this.#changed = deps.changed;
    this.#switches = deps.switches;
  }

  /** The switches changed; a webhook held back to be swapped goes out when swapping ends. */
  configure(switches: Switches['webhooks']): void {
    this.#switches = switches;
    if (!switches.outOfOrder && this.#heldBack !== null) this.#send(this.#heldBack);
    if (!switches.outOfOrder) this.#heldBack = null;
  }

  /** Sends one; resolves when its first try has ended (at once when none is sent now). */
  announce(body: Json): Promise<void> {
    const { url, missing, outOfOrder, delayMs } = this.#switches;
    if (url === null || missing) return Promise.resolve();
    const post = { url, body };
    if (outOfOrder && this.#heldBack === null) {
      this.#heldBack = post;
      return Promise.resolve();
    }
    const held = this.#heldBack;
    this.#heldBack = null;
    return new Promise((resolve) => {
      this.#timers.after(delayMs, () => {
        this.#send(post).then(() => {
          if (held !== null) this.#send(held);
          resolve();
        });
      });
    });
  }

  close(): void {
    this.#closed = true;
    this.#aborted.abort();
  }

  async #send(post: Post): Promise<void> {
    const copies = 1 + this.#switches.duplicates;
    for (let copy = 0; copy < copies; copy += 1) await this.#try(post, 1);
  }

  async #try({ url, body }: Post, attempt: number): Promise<void> {
    const { status, answer } = await posted(url, body, this.#aborted.signal);
    const delivered = status === 200 && isJsonObject(answer) && answer['success'] === true;
    this.deliveries.push({ at: this.#now(), attempt, body, httpStatus: status, delivered });
    const { retries, retryDelayMs } = this.#switches;
    const again = !delivered && !this.#closed && attempt <= retries;
    // Before anybody hears of the failure: who moves the clock then finds the retry in it.
    const delayMs = Math.max(1, retryDelayMs * 2 ** (attempt - 1));
    if (again) this.#timers.after(delayMs, () => this.#try({ url, body }, attempt + 1));
    this.#changed();
  }
}

/** Redirects are not followed: they lose the event. */
async function posted(
  url: string,
  body: Json,
  closing: AbortSignal,
): Promise<{ status: number | null; answer: unknown }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    return { status: response.status, answer: jsonOrText(await response.text()) };
  } catch {
    return { status: null, answer: null };
  }
}
