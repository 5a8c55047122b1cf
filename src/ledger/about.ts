// What a look-up shows for people, as it is kept with the receipt for years: a list without names, which would be half of it.
import { z } from 'zod';
import { parseJson } from '../domain/problem.ts';
import { type ReceiptAbout, receiptAboutSchema } from '../domain/reply.ts';
import { asciiJson } from './stored.ts';

const listSchema = z.tuple([z.unknown(), z.unknown(), z.unknown(), z.unknown()]).rest(z.unknown());

/** commit.lua keeps it in UTF-8, half as long. */
export function aboutText({ orderName, cardCompany, cardNumber, receiptUrl }: ReceiptAbout): string {
  return asciiJson([orderName, cardCompany, cardNumber, receiptUrl]);
}

/** null: there is none, or none that can be read. */
export function readAbout(text: string | undefined): ReceiptAbout | null {
  const list = listSchema.safeParse(parseJson(text));
  if (!list.success) return null;
  const [orderName, cardCompany, cardNumber, receiptUrl] = list.data;
  return receiptAboutSchema.parse({ orderName, cardCompany, cardNumber, receiptUrl });
}
