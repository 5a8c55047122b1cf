// What people keep beside a refund, for each other: notes, whose case it is, and who is looking at it. It decides nothing
// and changes no version.
import { z } from 'zod';
import type { State } from './states.ts';

/** How many notes a refund has at most, and how long one is. */
export const mostNotes = 100;
export const longestNote = 1_000;

/**
 * `hand_over`: with it the case was given to `to`, or to nobody (null). The others are the reasons of who asked for an
 * approval, and of who sent it back.
 */
const noteKinds = ['note', 'hand_over', 'ask_approval', 'send_back'] as const;

export const noteSchema = z.object({
  /** ms */
  at: z.number(),
  who: z.string(),
  via: z.string(),
  what: z.string(),
  /** null: handed over without a word. */
  text: z.string().nullable(),
  to: z.string().nullable().default(null),
});
/** As it is read back: a newer version may have kinds of its own. */
export type Note = z.infer<typeof noteSchema>;

export interface NewNote extends Note {
  readonly what: (typeof noteKinds)[number];
}

/** Whose case it is, as it was when the refund had this version: another case of this refund is nobody's. */
export const assignmentSchema = z.object({
  to: z.string(),
  by: z.string(),
  at: z.number(),
  version: z.number(),
});
export type Assignment = z.infer<typeof assignmentSchema>;

/** `until`: ms. */
export interface Watcher {
  readonly who: string;
  readonly until: number;
}

export interface Beside {
  /** Oldest first. */
  readonly notes: readonly Note[];
  readonly assigned: Assignment | null;
  /** At this moment. */
  readonly watching: readonly Watcher[];
}

/** null: nobody's. */
export function assignedTo(
  { state, version }: { readonly state: State | string; readonly version: number },
  assigned: Assignment | null,
): Assignment | null {
  return state === 'dead_lettered' && assigned?.version === version ? assigned : null;
}

/** `full`: it has as many notes as are kept. `missing`: there is no such refund, or its details were erased. */
export type NoteResult = 'done' | 'moved' | 'full' | 'missing';
