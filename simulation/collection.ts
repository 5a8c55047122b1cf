// What many runs have found together, kept in a file, so that a million histories can be collected bit by bit. It
// belongs to one state of the code: another state begins anew.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { add, emptySum, endNames, type Range, type Sum } from './run.ts';

const count = z.int().nonnegative();
const rowSchema = z.object({
  scenario: z.string(),
  /** From index 0 on, without a gap. */
  histories: count,
  calls: count,
  excused: count,
  ends: z.partialRecord(z.enum(endNames), count),
  /** Indexes of the histories in which something is wrong. */
  failures: z.array(count),
});

export const collectionSchema = z.object({
  /** Digest of the code that was run and of the simulation itself. */
  code: z.string(),
  seed: z.string(),
  /** The last day on which something was added. */
  date: z.string(),
  scenarios: z.array(rowSchema),
});
export type Collection = z.infer<typeof collectionSchema>;

interface Collecting {
  /** Where a scenario goes on. */
  from(scenario: string): number;
  heard(range: Range, sum: Sum): void;
  readonly sums: readonly Sum[];
}

/** @throws when the file holds what is no collection. */
export function openCollection(
  file: string,
  { seed, names }: { seed: string; names: readonly string[] },
): Collecting {
  const code = codeDigest();
  const stored = existsSync(file) ? collectionSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
  const goesOn = stored?.code === code && stored.seed === seed;
  const rows = new Map(goesOn ? stored.scenarios.map((row) => [row.scenario, row]) : []);
  const sums = new Map(names.map((name) => [name, sumOf(name, rows.get(name))]));
  /** Ranges that ended before an earlier one of their scenario. */
  let early: { readonly range: Range; readonly sum: Sum }[] = [];

  function take(scenario: string): boolean {
    const total = sums.get(scenario);
    const next = early.find(({ range }) => range.scenario === scenario && range.from === total?.histories);
    if (total === undefined || next === undefined) return false;
    early = early.filter((one) => one !== next);
    add(total, next.sum);
    return true;
  }

  return {
    from: (scenario) => sums.get(scenario)?.histories ?? 0,
    sums: [...sums.values()],
    heard(range, sum) {
      early.push({ range, sum });
      while (take(range.scenario));
      const date = new Date().toISOString().slice(0, 10);
      const collection: Collection = { code, seed, date, scenarios: [...sums.values()].map(rowOf) };
      writeFileSync(file, `${JSON.stringify(collection, null, 2)}\n`);
    },
  };
}

function rowOf({ digests: _, transcripts: __, failures, ...sum }: Sum): Collection['scenarios'][number] {
  return { ...sum, failures: failures.map(({ index }) => index) };
}

function sumOf(name: string, row: Collection['scenarios'][number] | undefined): Sum {
  if (row === undefined) return emptySum(name);
  const violations = ['found in an earlier run'];
  const failures = row.failures.map((index) => ({ index, violations, lines: [] }));
  return { ...emptySum(name), ...row, failures };
}

const root = fileURLToPath(new URL('../', import.meta.url));
/** What a history depends on. */
const folders = [
  'src/domain',
  'src/policies',
  'src/redis',
  'src/ledger',
  'src/rate-limiter',
  'src/queue',
  'src/producer',
  'src/worker',
  'src/review',
  'src/reconcile',
  'simulation',
];

function codeDigest(): string {
  const digest = createHash('sha256');
  for (const folder of folders) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => /\.(ts|lua)$/.test(name)).sort()) {
      digest.update(`${folder}/${file}\n`).update(readFileSync(join(root, folder, file)));
    }
  }
  return digest.digest('hex').slice(0, 12);
}
