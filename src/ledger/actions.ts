// The stream of what people did and wanted to do. What moves a record is added by the script that moves it (commit.lua,
// close-unreadable.lua), everything else here.
import { randomBytes } from 'node:crypto';
import {
  type Action,
  type ActionPage,
  type ActionQuery,
  actionSchema,
  type StoredAction,
} from '../domain/action.ts';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { asciiJson } from './stored.ts';

/** Of one write of a person: the same script sent again is the same act, and done already. */
export function newAct(): string {
  return randomBytes(9).toString('base64url');
}

/** As in actions.lua. */
const mostKept = 1_000_000;
/** Entries of one round trip. */
const readAtOnce = 1_000;
/** Entries that one request reads; the cursor leads on from there. */
const mostRead = 20_000;
/** An entry's id is Redis' time when it was added, a moment after the action; the clocks of hosts differ a little. */
const slackMs = 60_000;

/** What is null says nothing, and is left out. */
export function actionText(action: Action): string {
  return asciiJson(Object.fromEntries(Object.entries(action).filter(([, value]) => value !== null)));
}

export async function recordAction(redis: RedisClient, keys: Keys, action: Action): Promise<void> {
  await redis.xadd(keys.actions, 'MAXLEN', '~', mostKept, '*', 'action', actionText(action));
}

export async function listActions(redis: RedisClient, keys: Keys, query: ActionQuery): Promise<ActionPage> {
  const found: StoredAction[] = [];
  const oldest = query.from === undefined ? '-' : String(Math.max(0, query.from - slackMs));
  // Not from `to` on: after a step of Redis' clock ids are ahead of the times of their actions.
  let before = isCursor(query.cursor) ? `(${query.cursor}` : '+';
  for (let read = 0; ; ) {
    const entries = await redis.xrevrange(keys.actions, before, oldest, 'COUNT', readAtOnce);
    for (const [id, fields] of entries) {
      const action = readAction(id, fields);
      if (action !== null && matches(action, query)) found.push(action);
      if (found.length === query.limit) return { items: found, nextCursor: id };
    }
    const last = entries.at(-1);
    if (last === undefined || entries.length < readAtOnce) return { items: found, nextCursor: null };
    read += entries.length;
    if (read >= mostRead) return { items: found, nextCursor: last[0] };
    before = `(${last[0]}`;
  }
}

export async function trimActions(redis: RedisClient, keys: Keys, before: number): Promise<number> {
  return redis.xtrim(keys.actions, 'MINID', Math.max(0, Math.floor(before)));
}

const cursorPattern = /^\d{1,16}-\d{1,16}$/;

function isCursor(cursor: string | undefined): cursor is string {
  return cursorPattern.test(cursor ?? '');
}

function readAction(id: string, fields: readonly string[]): StoredAction | null {
  const parsed = actionSchema.safeParse(parseJson(fields[fields.indexOf('action') + 1] ?? ''));
  return parsed.success ? { id, ...parsed.data } : null;
}

const exact = ['who', 'refundId', 'orderId', 'what', 'answer'] as const;

function matches(action: StoredAction, { from, to, ...query }: ActionQuery): boolean {
  return (
    exact.every((part) => query[part] === undefined || action[part] === query[part]) &&
    (from === undefined || action.at >= from) &&
    (to === undefined || action.at <= to)
  );
}
