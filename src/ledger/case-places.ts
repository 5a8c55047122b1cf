// Where a case stands in the orders that people read cases in. The step that makes a case places it; what a process of
// 0.4 opened or closed, which knows nothing of these orders, is put right here.
import { z } from 'zod';
import type { DeadLetter, Refund } from '../domain/refund.ts';
import type { WhyUnread } from '../domain/unread.ts';
import { leftWon } from '../policies/amounts.ts';
import { reasonOf } from '../policies/case-reasons.ts';
import { endOfSeoulDay, startOfSeoulDay } from '../policies/seoul-time.ts';
import { unreadableCase } from '../policies/unread.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonArgument, loadScript } from '../redis/scripts.ts';
import { readStored } from './read.ts';
import { readRecord, type StoredFields } from './stored.ts';

const placeScript = loadScript(import.meta.url, ['./scripts/cases.lua', './scripts/place-cases.lua']);

/** As cases.lua takes it. */
interface CasePlace {
  /** `refund_by`, a little earlier where it is more urgent; 0: not known. */
  readonly due: number;
  readonly amount: number;
  readonly at: number;
  /** Absent: the record is not read, and its fields are left alone. */
  readonly method?: string;
  /** `severity:reason`, by which cases are counted. */
  readonly reason: string;
}

/** Stands for an amount that is not known: of a full cancel that was never looked up, or of an unreadable record. */
const unknownWon = -1;

/** `refund_by` is the last ms of a day: of those of one day the most urgent comes first, and none leaves its day. */
const earlierMs: Readonly<Record<DeadLetter['severity'], number>> = { critical: 2, warning: 1, notice: 0 };

/** The `refund_by` of a place by it: again the last ms of its day. */
export function refundByAt(due: number): number {
  return endOfSeoulDay(due);
}

/** Cases that stand before this are late. */
export function lateBefore(now: number): number {
  return startOfSeoulDay(now);
}

export function placeOf(refund: Refund): CasePlace {
  const { refundBy, deadLetter, lastLookUp } = refund;
  return {
    due: refundBy - earlierMs[deadLetter?.severity ?? 'notice'],
    amount: leftWon(refund) ?? unknownWon,
    at: deadLetter?.at ?? refund.acceptedAt,
    method: lastLookUp?.receipt.method ?? '',
    reason: deadLetter === null ? ':' : `${deadLetter.severity}:${reasonOf(deadLetter, lastLookUp)}`,
  };
}

/** Of a record that cannot be read: nobody knows how urgent it is, so it comes first. */
export function unknownPlace(at: number, unread: WhyUnread = 'unreadable'): CasePlace {
  return { due: 0, amount: unknownWon, at, reason: `${unreadableCase.severity}:${unread}_record` };
}

const idsAtOnce = 500;

interface Placing {
  readonly signal?: AbortSignal | undefined;
  /** Stops after so many. */
  readonly most?: number;
}

/** Answers how many were placed or taken out. */
export async function placeCases(redis: RedisClient, keys: Keys, placing: Placing = {}): Promise<number> {
  const [cases, placed] = [keys.byState('dead_lettered'), keys.casesBy('age')];
  let put = 0;
  for (const [index, other] of [
    [cases, placed],
    [placed, cases],
  ] as const) {
    for await (const ids of idsOnlyIn(redis, index, other)) {
      if (placing.signal?.aborted === true || put >= (placing.most ?? Number.POSITIVE_INFINITY)) return put;
      put += await placeAnew(redis, keys, ids);
    }
  }
  return put;
}

async function* idsOnlyIn(redis: RedisClient, index: string, other: string): AsyncGenerator<string[]> {
  let cursor = '0';
  do {
    const [next, flat] = await redis.zscan(index, cursor, 'COUNT', idsAtOnce);
    const ids = flat.filter((_, place) => place % 2 === 0);
    const scores = ids.length === 0 ? [] : await redis.zmscore(other, ...ids);
    const missing = ids.filter((_, place) => scores[place] === null);
    if (missing.length > 0) yield missing;
    cursor = next;
  } while (cursor !== '0');
}

/** As each record is now; one that has moved since it was read was placed by the step that moved it. */
export async function placeAnew(redis: RedisClient, keys: Keys, ids: readonly string[]): Promise<number> {
  const stored = await readStored(redis, keys, ids);
  const found = ids.map((id, place) => {
    const fields = stored[place];
    return { id, version: fields?.version ?? '', place: placeIn(fields) };
  });
  const json = jsonArgument({ records: keys.anyRefund(''), cases: keys.cases, found });
  return z.number().parse(await placeScript.run(redis, [keys.byState('dead_lettered')], [json]));
}

function placeIn(fields: StoredFields | undefined): CasePlace | undefined {
  if (fields?.state !== 'dead_lettered') return undefined;
  const record = readRecord(fields);
  return typeof record === 'string' ? unknownPlace(0, record) : placeOf(record);
}
