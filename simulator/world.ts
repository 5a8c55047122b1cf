/** The core with all that surrounds it on a server: scripts, timers, webhooks, credentials; and the one place where money moves. */
import { Gatekeeper } from './auth.ts';
import { Bootpay, type Cancel } from './core/bootpay.ts';
import { Draws } from './core/chance.ts';
import { SlidingSecond } from './core/rates.ts';
import type { KnownReceipt } from './core/receipt.ts';
import {
  defaultScriptSchema,
  parsed,
  type Receipt,
  receiptSchema,
  ScenarioError,
  scenarioSchema,
  scriptSchema,
} from './core/scenario.ts';
import { Scripts } from './core/script.ts';
import { changedSwitches, DEFAULT_SWITCHES, type Switches, switchesInputSchema } from './core/switches.ts';
import { Timers } from './timers.ts';
import { Webhooks } from './webhooks.ts';

export class World {
  readonly bootpay: Bootpay;
  readonly scripts: Scripts;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  readonly gatekeeper: Gatekeeper;
  readonly callRate = new SlidingSecond();
  readonly now: () => number;
  readonly #changed: () => void;
  readonly #latencies: Draws;

  constructor(options: { scenario: unknown; now: () => number; changed: () => void }) {
    const scenario = parsed(scenarioSchema, options.scenario);
    this.now = options.now;
    this.#changed = options.changed;
    this.bootpay = new Bootpay(changedSwitches(DEFAULT_SWITCHES, scenario.switches));
    this.#latencies = new Draws(scenario.random?.seed ?? 1);
    this.scripts = new Scripts(scenario.default, scenario.random);
    this.timers = new Timers(options.now);
    const { webhooks: switches } = this.switchesOf();
    this.webhooks = new Webhooks({ ...options, timers: this.timers, switches });
    this.gatekeeper = new Gatekeeper(options.now, () => this.switchesOf());
    for (const receipt of scenario.receipts) this.#add(receipt);
  }

  switchesOf(receiptId?: string): Switches {
    return this.bootpay.switchesOf(receiptId);
  }

  configure(input: unknown): void {
    this.bootpay.switches = changedSwitches(this.bootpay.switches, parsed(switchesInputSchema, input));
    this.webhooks.configure(this.bootpay.switches.webhooks);
    this.#changed();
  }

  /** Adds a receipt, or replaces it together with its page, its script and its used cancel_ids. */
  addReceipt(input: unknown): void {
    this.#add(parsed(receiptSchema, input));
    this.#changed();
  }

  /** `*` is the default script. */
  script(receiptId: string, input: unknown): void {
    if (receiptId === '*') this.scripts.setDefault(parsed(defaultScriptSchema, input));
    else this.scripts.set(this.receipt(receiptId).id, parsed(scriptSchema, input));
  }

  receipt(receiptId: string): KnownReceipt {
    const receipt = this.bootpay.receipts.get(receiptId);
    if (receipt !== undefined) return receipt;
    throw new ScenarioError([{ path: 'receiptId', message: `${receiptId} is no receipt of the scenario` }]);
  }

  /** Somebody cancels in an admin page: Bootpay's (visible) or the PG's. */
  cancelOutside(receiptId: string, amount: number, seen?: boolean): void {
    const receipt = this.receipt(receiptId);
    const { book } = this.bootpay;
    const left = book.left(receiptId);
    const visible = seen ?? this.switchesOf(receiptId).lookUpSeesOutsideCancel;
    const taxFree = amount === left.amount ? left.taxFree : 0;
    if (!book.refund(receiptId, { ...OUTSIDE, at: this.now(), amount, taxFree, visible }))
      throw new ScenarioError([
        { path: 'amount', message: `only ${left.amount} won are left on ${receiptId}` },
      ]);
    this.#moved(receipt, visible);
  }

  takeBack(receiptId: string, amount: number): void {
    const { id } = this.receipt(receiptId);
    this.bootpay.book.write(id, { ...OUTSIDE, at: this.now(), amount: -amount, taxFree: 0, visible: true });
  }

  /** Money moves, if the PG has it. Resolves when the webhook that must go out first is out. */
  pay(cancel: Cancel, visible = true): Promise<void> {
    const paid = this.bootpay.pay(cancel, { now: this.now(), visible, tag: {} });
    return paid === null ? Promise.resolve() : this.#moved(cancel.receipt, visible);
  }

  /** How long the next call about a receipt takes: the switch, and a share of it by chance. */
  latencyOf(receiptId: string): number {
    const { latencyMs, jitter } = this.switchesOf(receiptId);
    return latencyMs * (1 + jitter * (2 * this.#latencies.next(`latency ${receiptId}`) - 1));
  }

  #add(input: Receipt): void {
    const receipt = this.bootpay.add(input, this.now());
    const { id, script, cancelledPrice: amount, cancelledTaxFree: taxFree } = receipt;
    this.scripts.forget(id);
    this.scripts.set(id, script);
    const at = this.now() - this.switchesOf(id).lookUpLagMs;
    if (amount > 0) this.bootpay.book.write(id, { ...OUTSIDE, at, amount, taxFree, visible: true });
  }

  #moved(receipt: KnownReceipt, visible: boolean): Promise<void> {
    const announced = visible ? this.webhooks.announce(this.bootpay.webhook(receipt)) : Promise.resolve();
    this.#changed();
    return this.switchesOf().webhooks.beforeAnswer ? announced : Promise.resolve();
  }
}

const OUTSIDE = { cancelId: null, origin: 'outside' } as const;
