// What alerts remember in Redis: whose turn it is, what was told, and the cases that it was told of.
import { type AlertCase, type AlertState, alertCaseSchema, alertStateSchema } from '../domain/alert.ts';
import { parseJson } from '../domain/problem.ts';
import { firstAlertState } from '../policies/alerts.ts';
import { jsonArgument, loadScript } from '../redis/scripts.ts';
import type { AlertDeps } from './ports.ts';

type Deps = Pick<AlertDeps, 'redis' | 'keys'>;

const turnScript = loadScript(import.meta.url, ['./scripts/take-turn.lua']);
const keepScript = loadScript(import.meta.url, ['./scripts/keep-alerts.lua']);

/** The cases of which something changes. */
export interface Marks {
  readonly cases: readonly AlertCase[];
  /** Closed: forgotten. */
  readonly gone: readonly string[];
  readonly due: readonly (readonly [id: string, at: number])[];
  readonly undue: readonly string[];
}

const noMarks: Marks = { cases: [], gone: [], due: [], undue: [] };

const idsAtOnce = 1_000;

/** null: another process has the turn. */
export async function takeTurn(
  { redis, keys, name }: Deps & Pick<AlertDeps, 'name'>,
  turnMs: number,
): Promise<AlertState | null> {
  const answer = await turnScript.run(redis, [keys.alertOwner, keys.alertState], [name, turnMs]);
  return typeof answer === 'string' ? stateOf(answer) : null;
}

export async function giveTurn({ redis, keys, name }: Deps & Pick<AlertDeps, 'name'>): Promise<void> {
  await turnScript.run(redis, [keys.alertOwner, keys.alertState], [name, 0]);
}

/** False: the turn has gone to another process, and nothing was kept. */
export async function keep(
  { redis, keys, name }: Deps & Pick<AlertDeps, 'name'>,
  state: AlertState,
  marks: Marks = noMarks,
): Promise<boolean> {
  const ask = jsonArgument({
    name,
    cases: listed(marks.cases.map((one) => [one.refundId, JSON.stringify(one)])),
    gone: listed(marks.gone),
    due: listed(marks.due.map(([id, at]) => [id, String(at)])),
    undue: listed(marks.undue),
  });
  const scriptKeys = [keys.alertOwner, keys.alertState, keys.alertCases, keys.alertDeadlines];
  return (await keepScript.run(redis, scriptKeys, [ask, JSON.stringify(state)])) === 1;
}

/** For `doctor` and `/readyz`. */
export async function readAlertState({ redis, keys }: Deps): Promise<AlertState> {
  return stateOf((await redis.get(keys.alertState)) ?? '');
}

/** In the order of the ids; null: not known. */
export async function knownCases(
  { redis, keys }: Deps,
  ids: readonly string[],
): Promise<(AlertCase | null)[]> {
  if (ids.length === 0) return [];
  const texts = await redis.hmget(keys.alertCases, ...ids);
  return texts.map(caseOf);
}

/** Cases since then that are not known yet, or became cases anew, the oldest first; `upTo`: how far it looked. */
export async function newCases(
  deps: Deps,
  since: number,
  most: number,
): Promise<{ readonly found: readonly { id: string; at: number }[]; readonly upTo: number }> {
  const { redis, keys } = deps;
  const found = new Map<string, number>();
  let upTo = since;
  // Ids that were read with the time `upTo`. The next page begins with that time again: cases that leave meanwhile would
  // move the others past a page that is counted from the start.
  let read: ReadonlySet<string> = new Set();
  while (found.size < most) {
    const count = idsAtOnce + read.size;
    const flat = await redis.zrangebyscore(
      keys.casesBy('age'),
      upTo,
      '+inf',
      'WITHSCORES',
      'LIMIT',
      0,
      count,
    );
    const page = flat.flatMap((id, index) => (index % 2 === 0 ? [{ id, at: Number(flat[index + 1]) }] : []));
    const more = page.filter(({ id, at }) => at !== upTo || !read.has(id));
    const known = await knownCases(
      deps,
      more.map(({ id }) => id),
    );
    for (const [index, { id, at }] of more.entries()) if (known[index]?.at !== at) found.set(id, at);
    const before = upTo;
    upTo = page.at(-1)?.at ?? upTo;
    if (page.length < count) break;
    const last = page.filter(({ at }) => at === upTo).map(({ id }) => id);
    read = new Set(upTo === before ? [...read, ...last] : last);
  }
  return { found: [...found].map(([id, at]) => ({ id, at })), upTo };
}

/** Those whose deadline is to be told. */
export async function dueCases({ redis, keys }: Deps, now: number, most: number): Promise<string[]> {
  return redis.zrangebyscore(keys.alertDeadlines, '-inf', now, 'LIMIT', 0, most);
}

/** Some of the cases that are known, and where to go on; '0': from the start. */
export async function scanCases(
  { redis, keys }: Deps,
  { from, count }: { readonly from: string; readonly count: number },
): Promise<{ readonly next: string; readonly cases: readonly AlertCase[] }> {
  const [next, flat] = await redis.hscan(
    keys.alertCases,
    /^\d{1,20}$/.test(from) ? from : '0',
    'COUNT',
    count,
  );
  const texts = flat.filter((_, place) => place % 2 === 1);
  return { next, cases: texts.map(caseOf).filter((one) => one !== null) };
}

/** Those of them that wait for a person now. */
export async function stillCases({ redis, keys }: Deps, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const scores = await redis.zmscore(keys.casesBy('age'), ...ids);
  return new Set(ids.filter((_, place) => scores[place] !== null));
}

function caseOf(text: string | null | undefined): AlertCase | null {
  return alertCaseSchema.safeParse(parseJson(text ?? null)).data ?? null;
}

/** One that cannot be read is begun anew: what is there is told once more, which is better than silence. */
function stateOf(text: string): AlertState {
  return alertStateSchema.safeParse(parseJson(text)).data ?? firstAlertState;
}

/** cjson would read an empty list as a map. */
function listed<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}
