// What a run leaves behind: sections with their tables and goals, as JSON and as the page of results.
import { z } from 'zod';

const goalSchema = z.object({
  name: z.string(),
  /** Such as `at least 0.97`. */
  wanted: z.string(),
  measured: z.number(),
  /** Lowest and highest of the rounds; null: measured once. */
  spread: z.tuple([z.number(), z.number()]).nullable(),
  unit: z.string(),
  met: z.boolean(),
});
export type Goal = z.infer<typeof goalSchema>;

const tableSchema = z.object({ head: z.array(z.string()), rows: z.array(z.array(z.string())) });
export type Table = z.infer<typeof tableSchema>;

export const sectionSchema = z.object({
  name: z.string(),
  title: z.string(),
  /** What was done, in a sentence or two. */
  about: z.string(),
  date: z.string(),
  quick: z.boolean(),
  rounds: z.int(),
  seconds: z.number(),
  /** The machine's load (1 minute) before and after. */
  load: z.tuple([z.number(), z.number()]),
  tables: z.array(tableSchema),
  notes: z.array(z.string()),
  goals: z.array(goalSchema),
});
export type Section = z.infer<typeof sectionSchema>;

export const machineSchema = z.object({
  cpus: z.int(),
  model: z.string(),
  memoryGiB: z.number(),
  system: z.string(),
  node: z.string(),
  redis: z.string(),
  appendfsync: z.string(),
  bullmq: z.string(),
  undici: z.string(),
});
export type Machine = z.infer<typeof machineSchema>;

export const reportSchema = z.object({
  schema: z.literal(1),
  machine: machineSchema,
  seed: z.int(),
  sections: z.array(sectionSchema),
  /** All sections' goals. */
  goals: z.array(goalSchema),
});
export type Report = z.infer<typeof reportSchema>;

/** What a benchmark answers; the rest of a section is added by who ran it. */
export type Found = Pick<Section, 'tables' | 'notes' | 'goals'>;
