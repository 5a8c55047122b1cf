/** The Bootpay simulator: Bootpay's cancel API over real HTTP, with scripted faults and a payment book that shows every refund. */
import type { AddressInfo } from 'node:net';
import { type Call, type CallKind, CallLog, Waiters } from './calls.ts';
import type { PaymentBook } from './core/payment-book.ts';
import type { DefaultScriptInput, ReceiptInput, ScenarioInput } from './core/scenario.ts';
import type { Switches, SwitchesInput } from './core/switches.ts';
import { createBootpayServer } from './server.ts';
import type { Delivery } from './webhooks.ts';
import { World } from './world.ts';

export type { Call, CallEnd, CallKind } from './calls.ts';
export { AUTH_CODES, type AuthCode, CANCEL_CODES, type CancelCode } from './core/codes.ts';
export type { BookEntry, BookPage, PaymentBook } from './core/payment-book.ts';
export {
  type DefaultScriptInput,
  EXAMPLE_RECEIPT,
  type Problem,
  type ReceiptInput,
  ScenarioError,
  type ScenarioInput,
  type ScriptInput,
} from './core/scenario.ts';
export type { CancelStepInput, LookUpStepInput, TokenStepInput } from './core/steps.ts';
export type { ReceiptSwitchesInput, Switches, SwitchesInput } from './core/switches.ts';
export type { Delivery } from './webhooks.ts';

export interface SimulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  readonly scenario?: ScenarioInput;
  /** Decides times on receipts, windows, lag, tokens, rates and late commits; latency is real time. */
  readonly now?: () => number;
}

export interface Simulator {
  /** Base of the API, e.g. `http://127.0.0.1:4000/v2`. */
  readonly url: string;
  readonly port: number;
  readonly book: Pick<PaymentBook, 'of' | 'pages'>;
  readonly calls: readonly Call[];
  readonly webhooks: readonly Delivery[];
  /** TCP connections since the start, and those open now. */
  readonly connections: { readonly opened: number; readonly open: number };
  readonly switches: Switches;
  /** Adds a receipt, or replaces it with its page, script and used cancel_ids. */
  addReceipt(receipt: ReceiptInput): void;
  /** Replaces the queues it names; `*` is the default script, and the only one with `token`. */
  script(receiptId: string, replies: DefaultScriptInput): void;
  configure(switches: SwitchesInput): void;
  /** A cancel in an admin page: Bootpay's own (visible) or the PG's (not). */
  cancelOutside(receiptId: string, amount: number, options?: { visible?: boolean }): void;
  /** The PG reverses cancels of that much: Bootpay's totals fall. Used cancel_ids stay used. */
  takeBack(receiptId: string, amount: number): void;
  revokeTokens(): void;
  /** After `now` was moved by hand: what is due happens (every call does this too). */
  clockMoved(): void;
  /** Resolves when it is true; asked after every change. Rejects after `timeoutMs` (5,000). */
  waitFor(isTrue: (simulator: Simulator) => boolean, options?: { timeoutMs?: number }): Promise<void>;
  /** The n-th call of a kind (1 is the first), once it has ended. */
  waitForCall(kind: CallKind, n: number, options?: { timeoutMs?: number }): Promise<Call>;
  /** Breaks all connections and forgets what has not happened yet. */
  close(): Promise<void>;
}

const WAIT_MS = 5_000;

/** Starts one on loopback. Throws a ScenarioError that lists all problems of the scenario. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', scenario = {}, now = Date.now } = options;
  const waiters = new Waiters();
  const world = new World({ scenario, now, changed: waiters.changed });
  const log = new CallLog(waiters.changed);
  const server = createBootpayServer(world, log);
  const connections = { opened: 0, open: 0 };
  server.on('connection', (socket) => {
    connections.opened += 1;
    connections.open += 1;
    socket.once('close', () => {
      connections.open -= 1;
      waiters.changed();
    });
    waiters.changed();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const address = server.address();
  const bound = isBound(address) ? address.port : port;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;

  const simulator: Simulator = {
    url: `http://${reachable}:${bound}/v2`,
    port: bound,
    book: world.bootpay.book,
    calls: log.all,
    webhooks: world.webhooks.deliveries,
    connections,
    get switches() {
      return world.switchesOf();
    },
    addReceipt: (receipt) => world.addReceipt(receipt),
    script: (receiptId, replies) => world.script(receiptId, replies),
    configure: (switches) => world.configure(switches),
    cancelOutside: (receiptId, amount, { visible } = {}) => world.cancelOutside(receiptId, amount, visible),
    takeBack: (receiptId, amount) => world.takeBack(receiptId, amount),
    revokeTokens: () => world.gatekeeper.revokeTokens(),
    clockMoved: () => world.timers.runDue(),
    waitFor: (isTrue, { timeoutMs = WAIT_MS } = {}) =>
      waiters.until(() => isTrue(simulator), String(isTrue), timeoutMs),
    waitForCall: async (kind, n, { timeoutMs = WAIT_MS } = {}) => {
      const nth = () => log.all.filter((call) => call.kind === kind)[n - 1];
      await waiters.until(() => nth()?.ended != null, `the end of ${kind} call ${n}`, timeoutMs);
      const call = nth();
      if (call === undefined) throw new Error(`there is no ${kind} call ${n}`);
      return call;
    },
    close: () => {
      world.timers.clear();
      world.webhooks.close();
      waiters.close();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return simulator;
}

function isBound(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
