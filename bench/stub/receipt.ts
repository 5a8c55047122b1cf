// What the stub answers: a receipt of about the size a live one has, with only its id and its totals changing.

export const priceWon = 10_000;

const purchasedAt = new Date(Date.now() - 3 * 24 * 60 * 60_000).toISOString();

/** JSON text; everything is paid by card three days ago. */
export function receiptText(receiptId: string, cancelledWon: number): string {
  const status = cancelledWon >= priceWon ? 20 : 1;
  return `{"receipt_id":"${receiptId}","order_id":"order-of-${receiptId}","price":${priceWon},"tax_free":0,"cancelled_price":${cancelledWon},"cancelled_tax_free":0,${rest},"status":${status}}`;
}

const rest = JSON.stringify({
  order_name: '벤치마크 상품',
  company_name: '벤치마크',
  gateway_url: 'https://gw.bootpay.co.kr',
  metadata: {},
  sandbox: true,
  pg: '나이스페이먼츠',
  method: '카드',
  method_symbol: 'card',
  method_origin: '카드',
  method_origin_symbol: 'card',
  currency: 'KRW',
  purchased_at: purchasedAt,
  requested_at: purchasedAt,
  status_locale: '결제완료',
  receipt_url: 'https://access.bootpay.co.kr/receipt/benchmark',
  card_data: {
    card_approve_no: '00000000',
    card_no: '4000000000000000',
    card_quota: '00',
    card_company_code: '04',
    card_company: '국민',
    card_type: '0',
  },
}).slice(1, -1);

/** A refusal, as Bootpay words one. */
export function refusalText(code: string): string {
  return JSON.stringify({ error_code: code, message: '취소할 수 없습니다.' });
}
