// What the address of the list of cases asks for: filters, order and place. Two people with one address see one list.
import { z } from 'zod';
import { durationSchema } from '../config/limits.ts';
import type { BulkFilter } from '../domain/bulk.ts';
import { caseSorts } from '../domain/case-query.ts';
import { paymentMethods } from '../domain/reply.ts';

const wonSchema = z
  .string()
  .transform((text) => text.replace(/[,\s원]/g, ''))
  .pipe(z.string().regex(/^\d{1,12}$/))
  .transform(Number);

/** What makes no sense is left out: an address comes from anywhere. */
const viewSchema = z.object({
  q: optional(z.string().trim().min(1).max(128)),
  reason: optional(z.string().regex(/^\w{1,80}$/)),
  method: optional(z.enum(paymentMethods)),
  min: optional(wonSchema),
  max: optional(wonSchema),
  older: optional(z.string().refine((text) => waitSchema.safeParse(text).success)),
  sort: z.enum(caseSorts).catch('due'),
  cursor: optional(z.string().regex(/^-?\d{1,16}:rf_[a-z2-7]{26}$/)),
});
const waitSchema = durationSchema(4, ['m', 'h', 'd']);

export type CaseView = z.infer<typeof viewSchema>;

export function readCaseView(query: unknown): CaseView {
  return viewSchema.parse(query);
}

/** The shortest address of a view, and always the same one. */
export function casesAddress(view: Partial<CaseView>): string {
  return addressOf('/review/cases', view);
}

/** Many at once of a view: all its pages, in the order of their deadlines. */
export function bulkAddress({ sort: _, cursor: __, ...view }: CaseView): string {
  const address = addressOf('/review/bulk', view);
  return address === '/review/bulk' ? '/review/bulk?all=1' : address;
}

function addressOf(path: string, view: Partial<CaseView>): string {
  const query = new URLSearchParams();
  for (const name of viewSchema.keyof().options) {
    const value = view[name];
    const isDefault = value === undefined || (name === 'sort' && value === 'due');
    if (!isDefault) query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

export function caseFilter({ q, reason, method, min, max, older }: CaseView): BulkFilter {
  return {
    text: q,
    reason,
    method,
    minWon: min,
    maxWon: max,
    olderThanMs: older === undefined ? undefined : waitSchema.parse(older),
  };
}

export function isFiltered(view: CaseView): boolean {
  return Object.values(caseFilter(view)).some((part) => part !== undefined);
}

function optional<Value>(schema: z.ZodType<Value, string>) {
  return schema.optional().catch(undefined);
}
