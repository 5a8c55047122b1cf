// The sample files of the demo: events as an order service sends them, what each must become, and the simulator's scenario.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ConfigError, InvariantError } from '../src/domain/errors.ts';
import { caseRules, deadLetterCases } from '../src/domain/refund.ts';
import { stateSchema } from '../src/domain/states.ts';

const endSchema = z.strictObject({
  state: stateSchema.optional(),
  case: z.enum(deadLetterCases).optional(),
  code: z.string().optional(),
  rule: z.enum(caseRules).optional(),
  attempts: z.int().nonnegative().optional(),
});
export type ExpectedEnd = z.infer<typeof endSchema>;

/** `line` is that of the events file. `replay`: what a person does with the dead letter, and what it becomes. */
const expectationSchema = z.strictObject({
  line: z.int().positive(),
  title: z.strictObject({ ko: z.string(), en: z.string() }),
  expect: endSchema.extend({ result: z.enum(['accepted', 'duplicate', 'conflict', 'refused']) }),
  replay: z
    .strictObject({
      cancel_price: z.int().positive().optional(),
      as: z.string(),
      reason: z.string(),
      expect: endSchema,
    })
    .optional(),
});
export type Expectation = z.infer<typeof expectationSchema>;

export interface Samples {
  readonly eventsFile: string;
  readonly expectations: readonly Expectation[];
  /** Judged by the simulator. */
  readonly scenario: object;
}

/** @throws ConfigError that names the file and the line. */
export async function readSamples(folder: string): Promise<Samples> {
  const scenarioFile = join(folder, 'scenario.json');
  const scenario = parseJson(await readText(scenarioFile), scenarioFile);
  if (typeof scenario !== 'object' || scenario === null) throw wrong(scenarioFile, 'a JSON object');
  const file = join(folder, 'expectations.jsonl');
  const lines = (await readText(file)).split('\n').filter((line) => line.trim() !== '');
  const expectations = lines.map((line, index) => {
    const place = `${file}:${index + 1}`;
    const parsed = expectationSchema.safeParse(parseJson(line, place));
    if (parsed.success) return parsed.data;
    throw wrong(
      place,
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  });
  return { eventsFile: join(folder, 'order-cancellations.jsonl'), expectations, scenario };
}

/** `samples/` beside the package.json above this file: the same in the sources, in dist and when installed. */
export function ownSamples(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'samples', 'scenario.json'))) {
    if (dirname(folder) === folder) throw new InvariantError('the package has lost its samples folder');
    folder = dirname(folder);
  }
  return join(folder, 'samples');
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw wrong(file, 'a readable file');
  }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw wrong(place, 'JSON');
  }
}

function wrong(place: string, expected: string): ConfigError {
  return new ConfigError([`${place}: expected ${expected}`]);
}
