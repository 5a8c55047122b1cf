// Finds refunds by whatever id a person has: of the refund, its order, its payment, its cancel or its event.
import {
  newIdentitySchema,
  type ReceiptId,
  type RefundId,
  receiptIdSchema,
  refundIdSchema,
} from '../domain/ids.ts';
import { itemOf, type Ledger, type ListItem, type ReceiptRow } from '../domain/ledger.ts';
import type { State } from '../domain/states.ts';
import { refundIdFor } from '../policies/identity.ts';

export type Found =
  /** At most `mostFound`, latest first. */
  | { readonly kind: 'refunds'; readonly refunds: readonly ListItem[]; readonly more: boolean }
  /** It ended so long ago that its details were erased. */
  | { readonly kind: 'purged'; readonly refundId: RefundId; readonly state: State }
  /** No refund of this payment is kept, but the payment is known. */
  | { readonly kind: 'receipt'; readonly receiptId: ReceiptId; readonly row: ReceiptRow }
  | { readonly kind: 'nothing' };

type FindLedger = Pick<Ledger, 'read' | 'list' | 'readReceipt' | 'ownerOf' | 'sources'>;

const mostFound = 50;

/** Of the forms that people write a number in, the first that is known. */
export async function findRefunds(ledger: FindLedger, asked: string): Promise<Found> {
  for (const text of formsOf(asked)) {
    const found = await findAs(ledger, text);
    if (found.kind !== 'nothing') return found;
  }
  return { kind: 'nothing' };
}

/** As it was written, in plain letters, without what stands around it in a message, and in the other case. */
function formsOf(asked: string): Set<string> {
  const exact = asked.trim().normalize('NFC');
  const plain = asked
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim();
  const bare = plain
    .replace(label, '')
    .replace(/^["'“”‘’<([]+|["'“”‘’>)\].,]+$/g, '')
    .trim();
  return new Set([exact, plain, bare, bare.toUpperCase(), bare.toLowerCase()].filter((text) => text !== ''));
}

/** `주문번호: `, `Order no. 7`, `[주문 번호] `: the words before a number. */
const label =
  /^\[?(?:[\p{L} ]{1,20}(?:no\.)?\]?\s*[:#]|(?:주문|환불|영수증|취소|알림)\s*(?:번호)?\]?(?=\s)|(?:order|refund|receipt|cancel)\s*(?:number|no\.?|id)?\]?(?=\s))\s*/iu;

/** A number as pages show it, which is not whole. */
export function isShortened(asked: string): boolean {
  return /\S(?:…|\.{3})\S/.test(asked);
}

async function findAs(ledger: FindLedger, text: string): Promise<Found> {
  const receiptId = receiptIdSchema.safeParse(text);
  const orderId = newIdentitySchema.safeParse(text);
  const [ids, ofOrder, ofReceipt] = await Promise.all([
    namedBy(ledger, text),
    orderId.success ? ledger.list({ orderId: text, limit: mostFound }) : none,
    receiptId.success ? ledger.list({ receiptId: receiptId.data, limit: mostFound }) : none,
  ]);
  const stored = await Promise.all(ids.map(async (id) => ({ id, record: await ledger.read(id) })));
  const named = stored.flatMap(({ record }) => itemOf(record) ?? []);
  const all = new Map([...named, ...ofOrder.all, ...ofReceipt.all].map((item) => [item.refundId, item]));
  const more = ofOrder.nextCursor !== null || ofReceipt.nextCursor !== null;
  if (all.size > 0) return { kind: 'refunds', refunds: [...all.values()], more };
  const purged = stored.find(({ record }) => record?.purged === true);
  if (purged?.record != null) return { kind: 'purged', refundId: purged.id, state: purged.record.state };
  if (!receiptId.success) return { kind: 'nothing' };
  const row = await ledger.readReceipt(receiptId.data);
  return row.version === 0 ? { kind: 'nothing' } : { kind: 'receipt', receiptId: receiptId.data, row };
}

const none = { all: [], nextCursor: null };

/** By a refund_id, a cancel_id of any generation, or an event_id of any source known. */
async function namedBy(ledger: FindLedger, text: string): Promise<RefundId[]> {
  const ofFirstGeneration = text.replace(/-g\d+$/, '');
  const [owner, sources] = await Promise.all([ledger.ownerOf(ofFirstGeneration), ledger.sources()]);
  const own = refundIdSchema.safeParse(ofFirstGeneration.toLowerCase());
  const ofEvent = [...sources].map((source) => refundIdFor(source, text));
  return [...new Set([...(own.success ? [own.data] : []), ...(owner === null ? [] : [owner]), ...ofEvent])];
}
