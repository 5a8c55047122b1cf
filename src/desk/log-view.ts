// What the address of the log asks for.
import { z } from 'zod';
import type { ActionQuery } from '../domain/action.ts';
import { refundIdSchema } from '../domain/ids.ts';
import { endOfSeoulDay } from '../policies/seoul-time.ts';

const viewSchema = z.object({
  who: optional(z.string().trim().min(1).max(60)),
  about: optional(z.string().trim().min(1).max(128)),
  from: optional(z.iso.date()),
  to: optional(z.iso.date()),
  cursor: optional(z.string().regex(/^\d{1,16}-\d{1,16}$/)),
});
export type LogView = z.infer<typeof viewSchema>;

export function readLogView(query: unknown): LogView {
  return viewSchema.parse(query);
}

export function logAddress(view: LogView): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(view)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '/review/log' : `/review/log?${query}`;
}

/** The same entries as a file, from the newest on. */
export function logFileAddress({ cursor: _, ...view }: LogView): string {
  return logAddress(view).replace('/review/log', '/review/log.csv');
}

export function actionQuery({ who, about, from, to, cursor }: LogView): Omit<ActionQuery, 'limit'> {
  const refundId = refundIdSchema.safeParse(about).data;
  return {
    who,
    refundId,
    orderId: refundId === undefined ? about?.normalize('NFC') : undefined,
    from: from === undefined ? undefined : startOf(from),
    to: to === undefined ? undefined : endOfSeoulDay(startOf(to)),
    cursor,
  };
}

function startOf(seoulDay: string): number {
  return Date.parse(`${seoulDay}T00:00:00+09:00`);
}

function optional(schema: z.ZodType<string, string>) {
  return schema.optional().catch(undefined);
}
