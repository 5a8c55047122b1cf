/** The state of one simulated Bootpay (receipts, book, scripts, switches, used cancel_ids) and the one place where money moves. */
import { Gatekeeper } from './auth.ts';
import { chance } from './chance.ts';
import { PaymentBook } from './payment-book.ts';
import { SlidingSecond } from './rates.ts';
import { type KnownReceipt, statusFor, wholeReceipt } from './receipt.ts';
import {
  defaultScriptSchema,
  type Method,
  type Pg,
  parsed,
  type Receipt,
  receiptSchema,
  ScenarioError,
  scenarioSchema,
  scriptSchema,
} from './scenario.ts';
import { Scripts } from './script.ts';
import { changedSwitches, DEFAULT_SWITCHES, type Switches, switchesInputSchema } from './switches.ts';
import { Timers } from './timers.ts';
import { resolveTime } from './times.ts';
import { Webhooks } from './webhooks.ts';

/** Money about to move. */
export interface Movement {
  readonly cancelId: string | null;
  readonly amount: number;
  readonly taxFree: number;
  readonly origin: 'api' | 'outside';
  readonly visible: boolean;
}

const USUAL_PG: Record<Method, Pg> = {
  card: 'nicepay',
  bank: 'nicepay',
  vbank: 'nicepay',
  phone: 'danal',
  naverpay: 'naverpay',
  kakaopay: 'kakao',
  payco: 'payco',
  toss: 'tosspayments',
};

const PAID_BY_CARD: readonly Method[] = ['card', 'naverpay', 'kakaopay', 'payco'];

export class World {
  readonly book = new PaymentBook();
  readonly receipts = new Map<string, KnownReceipt>();
  readonly scripts: Scripts;
  readonly timers: Timers;
  readonly webhooks: Webhooks;
  readonly gatekeeper: Gatekeeper;
  readonly pgRate = new SlidingSecond();
  readonly callRate = new SlidingSecond();
  readonly now: () => number;
  readonly #changed: () => void;
  readonly #seed: number;
  readonly #latencies = new Map<string, number>();
  readonly #receiptsOfCancelId = new Map<string, Set<string>>();
  #switches: Switches;

  constructor(options: { scenario: unknown; now: () => number; changed: () => void }) {
    const scenario = parsed(scenarioSchema, options.scenario);
    this.now = options.now;
    this.#changed = options.changed;
    this.#switches = changedSwitches(DEFAULT_SWITCHES, scenario.switches);
    this.#seed = scenario.random?.seed ?? 1;
    this.scripts = new Scripts(scenario.default, scenario.random);
    this.timers = new Timers(options.now);
    this.webhooks = new Webhooks({ ...options, timers: this.timers, switches: this.#switches.webhooks });
    this.gatekeeper = new Gatekeeper(options.now, () => this.#switches);
    for (const receipt of scenario.receipts) this.#add(receipt);
  }

  /** The switches that hold for a receipt, or everywhere. */
  switchesOf(receiptId?: string): Switches {
    const own = receiptId === undefined ? {} : (this.receipts.get(receiptId)?.switches ?? {});
    return Object.keys(own).length === 0 ? this.#switches : changedSwitches(this.#switches, own);
  }

  configure(input: unknown): void {
    this.#switches = changedSwitches(this.#switches, parsed(switchesInputSchema, input));
    this.webhooks.configure(this.#switches.webhooks);
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
    const receipt = this.receipts.get(receiptId);
    if (receipt !== undefined) return receipt;
    throw new ScenarioError([{ path: 'receiptId', message: `${receiptId} is no receipt of the scenario` }]);
  }

  /** Somebody cancels in an admin page: Bootpay's (visible) or the PG's. */
  cancelOutside(receiptId: string, amount: number, visible?: boolean): void {
    const receipt = this.receipt(receiptId);
    const left = this.book.left(receiptId);
    const known = visible ?? this.switchesOf(receiptId).lookUpSeesOutsideCancel;
    const taxFree = amount === left.amount ? left.taxFree : 0;
    if (!this.move(receipt, { cancelId: null, amount, taxFree, origin: 'outside', visible: known }))
      throw new ScenarioError([
        { path: 'amount', message: `only ${left.amount} won are left on ${receiptId}` },
      ]);
  }

  takeBack(receiptId: string, amount: number): void {
    this.book.takeBack(this.receipt(receiptId).id, amount, this.now());
  }

  /** Money moves, if the PG has it. Resolves when the webhook that must go out first is out. */
  move(receipt: KnownReceipt, movement: Movement): Promise<void> | null {
    if (!this.book.refund(receipt.id, { ...movement, at: this.now() })) return null;
    if (movement.cancelId !== null) this.useCancelId(movement.cancelId, receipt.id);
    const announced = movement.visible ? this.#announce(receipt) : Promise.resolve();
    this.#changed();
    return this.#switches.webhooks.beforeAnswer ? announced : Promise.resolve();
  }

  /** How long the next call about a receipt takes: the switch, and a share of it by chance. */
  latencyOf(receiptId: string): number {
    const { latencyMs, jitter } = this.switchesOf(receiptId);
    const number = (this.#latencies.get(receiptId) ?? 0) + 1;
    this.#latencies.set(receiptId, number);
    const drawn = chance(this.#seed, `latency ${receiptId} ${number}`);
    return latencyMs * (1 + jitter * (2 * drawn - 1));
  }

  useCancelId(cancelId: string, receiptId: string): void {
    const receipts = this.#receiptsOfCancelId.get(cancelId) ?? new Set();
    this.#receiptsOfCancelId.set(cancelId, receipts.add(receiptId));
  }

  sawCancelId(cancelId: string, receiptId: string): boolean {
    const receipts = this.#receiptsOfCancelId.get(cancelId) ?? new Set();
    return this.#switches.cancelIdScope === 'project' ? receipts.size > 0 : receipts.has(receiptId);
  }

  #add(input: Receipt): void {
    const now = this.now();
    const receipt = knownReceipt(input, now);
    this.receipts.set(receipt.id, receipt);
    this.book.open(receipt.id, receipt);
    this.scripts.forget(receipt.id);
    this.scripts.set(receipt.id, receipt.script);
    for (const receipts of this.#receiptsOfCancelId.values()) receipts.delete(receipt.id);
    if (receipt.cancelledPrice === 0) return;
    const earlier = { cancelId: null, amount: receipt.cancelledPrice, taxFree: receipt.cancelledTaxFree };
    const lag = this.switchesOf(receipt.id).lookUpLagMs;
    this.book.refund(receipt.id, { ...earlier, at: now - lag, origin: 'outside', visible: true });
  }

  #announce(receipt: KnownReceipt): Promise<void> {
    const totals = this.book.knownToBootpay(receipt.id);
    const status = statusFor(receipt, totals, this.switchesOf(receipt.id).statusAfterPartial.webhook);
    const partial = totals.cancelled < receipt.price;
    return this.webhooks.announce({
      ...wholeReceipt(receipt, totals, status),
      webhook_type: partial ? 'PAYMENT_PARTIAL_CANCELLED' : 'PAYMENT_CANCELLED',
    });
  }
}

function knownReceipt(input: Receipt, now: number): KnownReceipt {
  const cancelledBefore = input.status === 20 && input.cancelledPrice === 0;
  return {
    ...input,
    ...(cancelledBefore ? { cancelledPrice: input.price, cancelledTaxFree: input.taxFree } : {}),
    pg: input.pg ?? USUAL_PG[input.method],
    paidWith: input.paidWith ?? (PAID_BY_CARD.includes(input.method) ? 'card' : 'balance'),
    purchasedAtMs: resolveTime(input.purchasedAt, now) ?? now,
  };
}
