// What people keep beside a refund: notes in a list, whose case it is in a field of the record's hash, who is looking at it
// in a hash that is forgotten by itself. Notes and the field are erased with the refund.
import { z } from 'zod';
import {
  assignmentSchema,
  type Beside,
  mostNotes,
  type Note,
  type NoteResult,
  noteSchema,
  type Watcher,
} from '../domain/beside.ts';
import type { RefundId } from '../domain/ids.ts';
import type { HandOver, PeopleOn, WrittenNote } from '../domain/ledger.ts';
import { parseJson } from '../domain/problem.ts';
import type { RedisClient } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import { jsonArgument, loadScript } from '../redis/scripts.ts';
import { actionText } from './actions.ts';
import { answersOf } from './answers.ts';
import { asciiJson } from './stored.ts';

const script = loadScript(import.meta.url, ['./scripts/actions.lua', './scripts/add-note.lua']);
const answerSchema = z.enum(['done', 'moved', 'full', 'missing']);

export async function addNote(
  { redis, keys }: { readonly redis: RedisClient; readonly keys: Keys },
  id: RefundId,
  { note, action, handOver }: WrittenNote,
): Promise<NoteResult> {
  const ask = { most: mostNotes, ...(handOver && { version: handOver.version, assigned: textOf(handOver) }) };
  const texts = [jsonArgument(ask), asciiJson(note), actionText(action)];
  return answerSchema.parse(await script.run(redis, [keys.refund(id), keys.notes(id), keys.actions], texts));
}

function textOf({ assigned }: HandOver): string {
  return assigned === null ? '' : asciiJson(assigned);
}

export async function readBeside(
  redis: RedisClient,
  keys: Keys,
  { id, now }: { readonly id: RefundId; readonly now: number },
): Promise<Beside> {
  const [lines, assigned, watching] = await Promise.all([
    redis.lrange(keys.notes(id), 0, -1),
    redis.hget(keys.refund(id), 'assigned'),
    redis.hgetall(keys.watchers(id)),
  ]);
  return { notes: lines.flatMap(readNote), ...people(assigned, watching, now) };
}

/** Without notes, of a whole page in one round trip; in the order of the ids. */
export async function readPeople(
  redis: RedisClient,
  keys: Keys,
  { ids, now }: { readonly ids: readonly RefundId[]; readonly now: number },
): Promise<PeopleOn[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hget(keys.refund(id), 'assigned').hgetall(keys.watchers(id));
  const read = await answersOf(pipeline);
  return ids.map((_, place) =>
    people(
      z
        .string()
        .nullable()
        .parse(read[2 * place]),
      z.record(z.string(), z.string()).parse(read[2 * place + 1]),
      now,
    ),
  );
}

/** Several people may look at one case; each is forgotten at a time of its own, and all with the key. */
export async function watch(
  redis: RedisClient,
  keys: Keys,
  id: RefundId,
  watcher: Watcher & { now: number },
) {
  const { who, until, now } = watcher;
  const key = keys.watchers(id);
  await redis
    .multi()
    .hset(key, who, until)
    .pexpire(key, Math.max(1, until - now))
    .exec();
}

function readNote(line: string): Note[] {
  const parsed = noteSchema.safeParse(parseJson(line));
  return parsed.success ? [parsed.data] : [];
}

function people(assigned: string | null, watching: Readonly<Record<string, string>>, now: number) {
  return {
    assigned: assignmentSchema
      .nullable()
      .catch(null)
      .parse(parseJson(assigned ?? '') ?? null),
    watching: Object.entries(watching)
      .map(([who, until]) => ({ who, until: Number(until) }))
      .filter(({ until }) => until > now),
  };
}
