// What was typed into a form while its session was over: kept in the sign-in page and then in the new session, until the
// form is shown again. Never a secret, and nothing in an address.
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { maskOf } from '../domain/mask.ts';
import { parseJson } from '../domain/problem.ts';

/** Of a form: the fields that may be kept, and those whose values may stand in no kept text. */
export interface Keeps {
  readonly fields: readonly string[];
  readonly secrets: readonly string[];
}

const fieldsSchema = z.record(z.string().max(40), z.string().max(1000));
export type KeptFields = z.infer<typeof fieldsSchema>;

/** Why the form was not taken. */
const whySchema = z.enum(['signed_out', 'stale']);

const keptSchema = z.object({ address: z.string().max(200), why: whySchema, fields: fieldsSchema });
export type Kept = z.infer<typeof keptSchema>;

/** As a hidden field of the sign-in page carries it; null: nothing that we wrote. */
export function readKept(text: string): Kept | null {
  return keptSchema.safeParse(parseJson(text)).data ?? null;
}

export function keptFrom(request: FastifyRequest, keeps: Keeps, why: Kept['why']): Kept {
  const body = z.record(z.string(), z.unknown()).catch({}).parse(request.body);
  const textOf = (name: string) => z.string().max(1000).catch('').parse(body[name]);
  const mask = maskOf(keeps.secrets.map(textOf).filter(({ length }) => length > 1));
  const fields = keeps.fields.map((name) => [name, mask(textOf(name))] as const);
  return {
    address: formAddress(request),
    why,
    fields: Object.fromEntries(fields.filter(([, text]) => text !== '')),
  };
}

/** The page that a form stands on has the form's own address, or the one above it. */
export function formAddress({ url }: Pick<FastifyRequest, 'url'>): string {
  const [path = ''] = url.split('?');
  return path.replace(/\/(preview|start|note)$/, '');
}

/** Once: the form that shows it has it from then on. */
export function takeKept({ session, url }: FastifyRequest): Kept | null {
  const { kept } = session;
  if (kept === undefined || kept.address !== formAddress({ url })) return null;
  session.kept = undefined;
  return kept;
}

declare module 'fastify' {
  interface Session {
    kept?: Kept | undefined;
  }
}
