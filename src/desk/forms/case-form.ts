// What a form of an act on one case is: the fields, the checks, the act they ask for, and how the form is shown.
import type { VNode } from 'preact';
import type { z } from 'zod';
import type { Text } from '../../domain/problem.ts';
import type { ReviewResult } from '../../review/ports.ts';
import type { Keeps, Kept } from '../kept-input.ts';
import type { CaseAct } from '../perform.ts';
import type { CaseFound } from '../read-payment.ts';
import type { Proof } from '../step-up.ts';
import type { Visit } from '../visit.ts';
import type { Wrong } from './input.ts';

/** What a form holds, as texts by their names. */
export type Input = Readonly<Record<string, string>>;

type WrongIn<Typed extends Input> = Wrong<Extract<keyof Typed, string>>;

/** A form as it stands: what was typed, what is wrong with it, why it was not done. */
export interface FormState<Typed extends Input> {
  readonly input: Typed;
  /** null: nothing was checked yet. */
  readonly wrong: WrongIn<Typed> | null;
  readonly refused: Extract<ReviewResult, { kind: 'refused' }> | null;
  /** It came while nobody was signed in, or with an old token. */
  readonly kept: Kept['why'] | null;
  /** The password is missing or wrong; null: it was not asked for. */
  readonly proof: Exclude<Proof, 'given'> | null;
}

/** As its page takes it. */
export type Checked<Typed extends Input, Wrongs> = Omit<FormState<Typed>, 'wrong'> & {
  readonly wrong: Wrongs;
};

/** The form over one record. Of a record that is no case any more only its act is asked for, so that it is refused. */
export interface OpenForm<Typed extends Input> {
  readonly title: Text;
  first(): Typed;
  /** What is missing or wrong; empty: the act can be asked for. */
  wrong(typed: Typed): WrongIn<Typed>;
  /** null: too little is there to ask for anything. */
  act(typed: Typed, by: { readonly visit: Visit; readonly version: number | null }): CaseAct | null;
  body(state: FormState<Typed>, visit: Visit): VNode;
  /** The part that follows what is typed; null: there is none. */
  preview: ((typed: Typed, visit: Visit) => VNode) | null;
}

export interface CaseForm<Typed extends Input> {
  readonly what: CaseAct['kind'];
  readonly name: Text;
  readonly keeps: Keeps;
  readonly schema: z.ZodType<Typed>;
  /** Its body has a part that follows what is typed. */
  readonly hasPreview: boolean;
  /** null: with such a record it cannot be done at all, as its page says. */
  open(found: CaseFound): OpenForm<Typed> | null;
}
