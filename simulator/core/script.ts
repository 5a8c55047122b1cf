/** Which step answers a call: the receipt's own script, then its copy of the default one, then chance, then normal. */
import { Draws } from './chance.ts';
import type { DefaultScript, RandomFaults, Script } from './scenario.ts';
import type { CancelStep, LookUpStep, TokenStep } from './steps.ts';

interface Queue<Step> {
  readonly steps: readonly Step[];
  next: number;
  played: number;
}

interface Queues {
  readonly cancel: Queue<CancelStep>;
  readonly look_up: Queue<LookUpStep>;
}

const NORMAL = { reply: 'normal' } as const;

export class Scripts {
  readonly #own = new Map<string, Queues>();
  readonly #copies = new Map<string, Queues>();
  readonly #random: RandomFaults | undefined;
  readonly #draws: Draws;
  #default: DefaultScript;
  #token: Queue<TokenStep>;

  constructor(byDefault: DefaultScript, random: RandomFaults | undefined) {
    this.#default = byDefault;
    this.#token = queueOf(byDefault.token);
    this.#random = random;
    this.#draws = new Draws(random?.seed ?? 1);
  }

  /** Replaces the queues the script names; those it does not name stay. */
  set(receiptId: string, script: Script): void {
    const before = this.#own.get(receiptId);
    this.#own.set(receiptId, {
      cancel: script.cancel === undefined ? (before?.cancel ?? queueOf([])) : queueOf(script.cancel),
      look_up: script.look_up === undefined ? (before?.look_up ?? queueOf([])) : queueOf(script.look_up),
    });
  }

  /** Forgets what a receipt has played and has still to play. */
  forget(receiptId: string): void {
    this.#own.delete(receiptId);
    this.#copies.delete(receiptId);
  }

  /** Replaces the default script; every receipt plays the new one from its beginning. */
  setDefault(script: DefaultScript): void {
    this.#default = { ...this.#default, ...script };
    this.#copies.clear();
    if (script.token !== undefined) this.#token = queueOf(script.token);
  }

  nextCancel(receiptId: string): CancelStep {
    const own = take(this.#own.get(receiptId)?.cancel) ?? take(this.#copyFor(receiptId).cancel);
    return own ?? this.#draw(`cancel ${receiptId}`, this.#random?.cancel) ?? NORMAL;
  }

  nextLookUp(receiptId: string): LookUpStep {
    const own = take(this.#own.get(receiptId)?.look_up) ?? take(this.#copyFor(receiptId).look_up);
    return own ?? this.#draw(`look_up ${receiptId}`, this.#random?.look_up) ?? NORMAL;
  }

  nextToken(): TokenStep {
    return take(this.#token) ?? this.#draw('token ', this.#random?.token) ?? NORMAL;
  }

  #copyFor(receiptId: string): Queues {
    const copy = this.#copies.get(receiptId) ?? {
      cancel: queueOf(this.#default.cancel),
      look_up: queueOf(this.#default.look_up),
    };
    this.#copies.set(receiptId, copy);
    return copy;
  }

  #draw<Step>(subject: string, faults: readonly { probability: number; step: Step }[] = []): Step | null {
    let drawn = this.#draws.next(subject);
    for (const { probability, step } of faults) {
      if (drawn < probability) return step;
      drawn -= probability;
    }
    return null;
  }
}

function queueOf<Step>(steps: readonly Step[] | undefined): Queue<Step> {
  return { steps: steps ?? [], next: 0, played: 0 };
}

function take<Step extends { times?: number | 'always' | undefined }>(
  queue: Queue<Step> | undefined,
): Step | null {
  const step = queue?.steps[queue.next];
  if (queue === undefined || step === undefined) return null;
  queue.played += 1;
  if (step.times !== 'always' && queue.played >= (step.times ?? 1)) {
    queue.next += 1;
    queue.played = 0;
  }
  return step;
}
