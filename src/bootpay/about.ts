// What a look-up shows for people: the order's name, the card, the receipt's page. Text of strangers, cut and cleaned; the
// buyer's name and phone are not read at all.
import { valueAt } from '../domain/problem.ts';
import type { ReceiptAbout } from '../domain/reply.ts';

/** null: it shows nothing of it. */
export function aboutOf(body: object): ReceiptAbout | null {
  const about = {
    orderName: textOf(valueAt(body, ['order_name']), 200),
    cardCompany: textOf(valueAt(body, ['card_data', 'card_company']), 50),
    cardNumber: cardNumberOf(valueAt(body, ['card_data', 'card_no'])),
    receiptUrl: linkOf(valueAt(body, ['receipt_url'])),
  };
  return Object.values(about).every((part) => part === null) ? null : about;
}

/** One line of so many characters; a text of control characters alone is none. */
export function textOf(written: unknown, most: number): string | null {
  if (typeof written !== 'string') return null;
  return [...written.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')].slice(0, most).join('').trim() || null;
}

/** What the card companies mask themselves shows 12 digits at most; of any other number the last four are kept. */
function cardNumberOf(written: unknown): string | null {
  const number = textOf(written, 40)?.replaceAll(/[ -]/g, '') ?? '';
  if (!/^[0-9*xX]{8,19}$/.test(number)) return null;
  const digits = number.replaceAll(/[^0-9]/g, '').length;
  return digits <= 12 && digits < number.length
    ? number
    : `${'*'.repeat(number.length - 4)}${number.slice(-4)}`;
}

/** A link that a clerk may follow leads to Bootpay, over https. */
function linkOf(written: unknown): string | null {
  const text = textOf(written, 501);
  if (text === null || text.length > 500 || text !== written || !URL.canParse(text)) return null;
  const { protocol, hostname, username, password, port } = new URL(text);
  const atBootpay = /(^|\.)bootpay\.(co\.kr|ai)$/.test(hostname);
  const plain = username === '' && password === '' && port === '';
  return protocol === 'https:' && atBootpay && plain ? text : null;
}
