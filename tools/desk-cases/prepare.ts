// Brings the twenty cases about: events into the queue, what Bootpay and the PG do, and what happens outside afterwards.
import type { RefundId } from '../../src/domain/ids.ts';
import type { DeskCase, DeskEvent } from './case.ts';
import { type Desk, idOf, type Prepared } from './desk.ts';

/** How long all of it may take, ms. */
const patienceMs = 60_000;

/** Resolves once each of them waits for a person. @throws when one does not become a case. */
export async function prepare(desk: Desk, cases: readonly DeskCase[]): Promise<Prepared> {
  for (const payment of cases.flatMap(({ payments }) => payments)) desk.simulator.addReceipt(payment);
  // The latest one last: its settle window has to be open still when people come to it.
  const order = [...cases].sort((one, other) => Number(isWaiting(one)) - Number(isWaiting(other)));
  const prepared = new Map<DeskCase, readonly RefundId[]>();
  for (const one of order) prepared.set(one, await send(desk, one));
  for (const one of order) await becomeCases(desk, one, prepared.get(one) ?? []);
  return prepared;
}

function isWaiting({ right }: DeskCase): boolean {
  return right.kind === 'wait';
}

async function send(desk: Desk, one: DeskCase): Promise<RefundId[]> {
  await useCancelIds(desk, one);
  // Only what has to run out of time gets little of it.
  const { enqueue } = one.afterwards === 'landed_shows' ? desk.system : desk.front;
  for (const event of one.paid ?? []) await accepted(enqueue, event, `${one.number}-paid`);
  const ids: RefundId[] = [];
  for (const [place, event] of one.events.entries()) {
    ids.push(await accepted(enqueue, event, `${one.number}-${place}`));
  }
  return ids;
}

async function accepted(
  { enqueue }: Desk['system']['enqueue'],
  event: DeskEvent,
  eventId: string,
): Promise<RefundId> {
  const result = await enqueue({ ...event, event_id: `cancel-${eventId}` });
  if (result.result !== 'accepted') throw new Error(`event ${eventId} is ${result.result}`);
  return idOf(result.refund_id);
}

/** Another program asks with the event's own cancel_id, and is refused. */
async function useCancelIds({ simulator }: Desk, { events }: DeskCase): Promise<void> {
  const { clientKey, secretKey } = simulator.switches.credentials;
  const authorization = `Basic ${Buffer.from(`${clientKey}:${secretKey}`).toString('base64')}`;
  for (const { receipt_id, cancel_id } of events) {
    if (cancel_id === undefined) continue;
    const body = JSON.stringify({ receipt_id, cancel_id });
    const headers = { authorization, 'content-type': 'application/json' };
    await fetch(`${simulator.url}/cancel`, { method: 'POST', headers, body });
  }
}

async function becomeCases(desk: Desk, one: DeskCase, ids: readonly RefundId[]): Promise<void> {
  const { simulator } = desk;
  if (one.afterwards === 'taken_back') {
    await until(desk, ids, 'succeeded');
    for (const { id, price } of one.payments) simulator.takeBack(id, price);
    await findDrift(desk, ids);
  }
  await until(desk, ids, 'dead_lettered');
  if (one.afterwards === 'landed_shows')
    for (const { id } of one.payments) simulator.script(id, { look_up: [] });
  if (one.right.kind === 'colleague') for (const id of ids) desk.colleagueTakes(id);
}

async function until({ system }: Desk, ids: readonly RefundId[], state: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (const id of ids) {
    for (;;) {
      const stored = await system.ledger.read(id);
      if (stored?.state === state) break;
      if (performance.now() > deadline) throw new Error(`${id} is ${stored?.state}, not ${state}`);
      await system.clock.sleep(50);
    }
  }
}

/** Two look-ups a settle window apart. */
async function findDrift({ system }: Desk, ids: readonly RefundId[]): Promise<void> {
  for (let run = 0; run < 20; run += 1) {
    const found = system.reconcile({});
    if (found === null) return;
    for await (const item of found) if (item.kind === 'receipt' && item.verdict === 'drift') return;
    const stored = await system.ledger.read(ids[0] ?? idOf(null));
    if (stored?.state === 'dead_lettered') return;
    await system.clock.sleep(300);
  }
}
