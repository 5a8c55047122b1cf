// The page of measured numbers, made from what the last benchmark run stored; no run stored, no page.
import { existsSync, readFileSync } from 'node:fs';
import { goalCells } from '../bench/print.ts';
import { type Report, reportSchema, type Section, sectionSchema, type Table } from '../bench/result.ts';

const stored = new URL('../docs/performance.json', import.meta.url);
/** Two versions, measured in turns in one run; written by hand from what was measured. */
const compared = new URL('../docs/performance-changes.json', import.meta.url);

export interface PerformanceNumbers {
  readonly intro: string;
  readonly goals: Table;
  readonly sections: readonly {
    readonly title: string;
    readonly about: string;
    readonly tables: readonly Table[];
    readonly notes: string;
  }[];
}

export function performanceNumbers(report: Report | null = readStored()): PerformanceNumbers | null {
  if (report === null) return null;
  return {
    intro: introOf(report),
    goals: {
      head: ['goal', 'wanted', 'measured (lowest..highest round)', 'met'],
      rows: report.goals.map(goalCells),
    },
    sections: [
      ...report.sections.map((section) => ({ ...section, about: `${section.about} ${whenOf(section)}` })),
      ...changesSchema.parse(JSON.parse(readFileSync(compared, 'utf8'))),
    ].map(({ title, about, tables, notes }) => ({
      title,
      about,
      tables,
      notes: notes.map((note) => `- ${note}`).join('\n'),
    })),
  };
}

const changesSchema = sectionSchema.pick({ title: true, about: true, tables: true, notes: true }).array();

function readStored(): Report | null {
  return existsSync(stored) ? reportSchema.parse(JSON.parse(readFileSync(stored, 'utf8'))) : null;
}

function introOf({ machine, sections, seed }: Report): string {
  const { cpus, model, memoryGiB, system, node, redis, appendfsync, bullmq, undici } = machine;
  const dates = sections.map(({ date }) => date).sort();
  const [first, last] = [dates.at(0), dates.at(-1)];
  const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
  const quick = sections.some((section) => section.quick)
    ? ' Sections marked "quick" were run at small sizes and say little.'
    : '';
  return `Measured ${when} on ${cpus} processors (${model}, ${memoryGiB} GiB, ${system}) with Node ${node}, Redis ${redis} (TCP on loopback, AOF, \`appendfsync ${appendfsync}\`), BullMQ ${bullmq}, undici ${undici}; seed ${seed}. Contender, stub Bootpay and Redis are processes of their own on these processors. Differences below 1.4x in what the processor bounds are noise: the ratios within one run count, not the rates.${quick}`;
}

function whenOf({ date, rounds, load, quick, seconds }: Section): string {
  const mark = quick ? ', quick' : '';
  const [before, after] = load;
  return `(${date}, up to ${rounds} rounds in ${Math.round(seconds)} s, load ${before.toFixed(1)} before and ${after.toFixed(1)} after${mark})`;
}
