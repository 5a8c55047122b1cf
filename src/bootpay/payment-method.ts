// How a receipt was paid, as far as Bootpay's symbols are certain; everything else is unknown, never a guess.
import type { PaymentMethod, Receipt } from '../domain/reply.ts';

export interface MethodSigns {
  readonly method_symbol?: unknown;
  readonly method_origin_symbol?: unknown;
  readonly pg?: unknown;
  readonly card_data?: unknown;
  readonly naver_point_data?: unknown;
  readonly kakao_money_data?: unknown;
  readonly payco_point_data?: unknown;
  readonly toss_point_data?: unknown;
}

/** Client request symbols and the `method_origin_symbol` values seen (docs/design.md, A16). */
const bySymbol: ReadonlyMap<unknown, PaymentMethod> = new Map([
  ['card', 'card'],
  ['card_rebill', 'card'],
  ['card_rebill_rest', 'card'],
  ['bank', 'bank'],
  ['automatic_transfer_rest', 'bank'],
  ['vbank', 'vbank'],
  ['phone', 'phone'],
  ['naverpay', 'naverpay'],
  ['npay', 'naverpay'],
  ['kakaopay', 'kakaopay'],
  ['kakao', 'kakaopay'],
  ['payco', 'payco'],
]);

/** Gateways that sell nothing but their own wallet; the receipt shows a Korean display name or a code. */
const byPg: ReadonlyMap<unknown, PaymentMethod> = new Map([
  ['kakao', 'kakaopay'],
  ['kakaopay', 'kakaopay'],
  ['카카오페이', 'kakaopay'],
  ['naverpay', 'naverpay'],
  ['네이버페이', 'naverpay'],
  ['payco', 'payco'],
  ['페이코', 'payco'],
]);

const walletMethods: readonly PaymentMethod[] = ['naverpay', 'kakaopay', 'payco'];

/**
 * A wallet is a wallet wherever it shows: its receipts may say `card` in one symbol, and cards close earlier. Without
 * one the symbols have to agree: an unknown symbol is not overruled, because a wrong method closes a wrong window.
 */
export function methodOf(receipt: MethodSigns): PaymentMethod | null {
  const symbols = [receipt.method_origin_symbol, receipt.method_symbol].filter(isPresent);
  const named = symbols.map((symbol) => bySymbol.get(symbol) ?? null);
  const signs = [...walletsOf(receipt), byPg.get(receipt.pg), ...named];
  const wallets = walletMethods.filter((wallet) => signs.includes(wallet));
  if (isFilled(receipt.toss_point_data) || wallets.length > 1) return null;
  if (wallets[0] !== undefined) return wallets[0];
  const [method = null] = named;
  return named.every((other) => other === method) ? method : null;
}

export function fundingOf(method: PaymentMethod | null, receipt: MethodSigns): Receipt['funding'] {
  const card = isFilled(receipt.card_data);
  const money = isFilled(receipt.kakao_money_data);
  if (method === 'kakaopay' && money !== card) return money ? 'money' : 'card';
  // `payco_point_data` beside or without a card: it is not documented which account that means.
  if (method === 'payco' && card && !isFilled(receipt.payco_point_data)) return 'card';
  return null;
}

function walletsOf(receipt: MethodSigns): PaymentMethod[] {
  const wallets: PaymentMethod[] = [];
  if (isFilled(receipt.naver_point_data)) wallets.push('naverpay');
  if (isFilled(receipt.kakao_money_data)) wallets.push('kakaopay');
  if (isFilled(receipt.payco_point_data)) wallets.push('payco');
  return wallets;
}

function isPresent(symbol: unknown): boolean {
  return symbol !== undefined && symbol !== null && symbol !== '';
}

/** An empty object, or one with nothing in it, is no sign: servers often send those. */
function isFilled(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.values(data).some(Boolean);
}
