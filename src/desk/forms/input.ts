// What people type into the forms of acts: texts as they came, each bounded, so that a form can show them again.
import { z } from 'zod';
import type { Text } from '../../domain/problem.ts';

/** A repeated field is as good as none. */
export const typed = (most: number) => z.string().max(most).catch('');

/** What is wrong with a field, by its name. */
export type Wrong<Field extends string> = Readonly<Partial<Record<Field, Text>>>;

export const inputWords = {
  reason: { ko: '이유를 적어 주세요. 기록에 남아요.', en: 'Please give a reason; it is kept in the log.' },
  amount: { ko: '금액을 원 단위 숫자로 적어 주세요.', en: 'Please give the amount in whole won.' },
  notMore: ({ ko, en }: Text): Text => ({ ko: `${ko}까지 적을 수 있어요.`, en: `At most ${en}.` }),
  confirm: { ko: '확인한 내용을 읽고 표시해 주세요.', en: 'Please read what you confirm, and mark it.' },
  choose: { ko: '하나를 골라 주세요.', en: 'Please choose one.' },
} as const;

/** `30,000`, `30000원`: whole won; null: not an amount. */
export function wonIn(text: string): number | null {
  const digits = text.replaceAll(/[,\s원]/g, '');
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}

/** The version of the record that the form was made for; null: the form is not one of ours. */
export const versionShape = z.object({ version: z.coerce.number().int().positive().nullable().catch(null) });
