// A ledger full of records, made by the real producer and the real worker, and a system to ask it with.
import { openSystem, type System } from '../../src/compose.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { configurationFor } from '../contenders/configuration.ts';
import type { Place } from '../contenders/contender.ts';
import type { Context } from '../context.ts';

export interface Shop {
  readonly system: System;
  close(): Promise<void>;
}

export async function openShop(context: Context, place: Place = context.place(50)): Promise<Shop> {
  const config = configurationFor(place);
  const system = await openSystem(config, { log: silentLogger(), whenDown: 'wait' });
  return { system, close: () => system.close() };
}

/** Works a batch off; the stub decides by the batch's name how it ends. */
export async function fill(context: Context, name: string, count: number): Promise<void> {
  const contender = context.contender('ours');
  await contender.open(context.place(50));
  for (let from = 0; from < count; from += largestBatch) {
    context.tell(`${name}: ${from} of ${count}`);
    const batch = Math.min(largestBatch, count - from);
    await contender.enqueue({ name, from, count: batch });
    await contender.drain(batch);
  }
  await contender.close();
}

const largestBatch = 50_000;

/** What the cases are made of: half of them one code, and one code in a thousand. */
export const refusals = {
  common: 'RC_ALREADY_CANCELLED',
  other: 'RC_CANCEL_PRICE_OVER',
  rare: 'RC_CANCEL_FAILED',
} as const;

export interface Cases {
  readonly common: number;
  readonly other: number;
  readonly rare: number;
}

/** Rare ones first: whoever walks from the newest case finds them last. */
export async function fillCases(context: Context, count: number): Promise<Cases> {
  const rare = Math.max(Math.round(count / 1_000), 1);
  const common = Math.round(count / 2);
  const cases = { rare, common, other: count - rare - common };
  await fill(context, `no-${refusals.rare}`, cases.rare);
  await fill(context, `no-${refusals.common}`, cases.common);
  await fill(context, `no-${refusals.other}`, cases.other);
  return cases;
}
