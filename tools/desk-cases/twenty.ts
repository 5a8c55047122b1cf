// The twenty cases. Each is brought about by events and by what the simulated Bootpay does, as it would be in a shop.
import { type DeskCase, orderOf, receiptOf } from './case.ts';

type Made = Omit<DeskCase, 'events' | 'payments'> &
  Partial<Pick<DeskCase, 'events' | 'payments'>> & {
    /** Of the one payment, where there is one. */
    readonly payment?: Omit<DeskCase['payments'][number], 'id' | 'orderId'>;
    /** Of the one event. */
    readonly event?: Omit<DeskCase['events'][number], 'order_id' | 'receipt_id'>;
  };

const tenParts = Array.from({ length: 10 }, (_, place) => place + 1);

const made: readonly Made[] = [
  {
    number: 1,
    title: { ko: '40,000원 요청, 30,000원 남음', en: '40,000 asked, 30,000 left' },
    told: {
      ko: '고객과 통화했어요. 지난주에 20,000원을 먼저 돌려받은 걸 확인했고, 남은 30,000원만 돌려받기로 했어요.',
      en: 'The customer remembers getting 20,000 won back last week and agreed to the 30,000 won that are left.',
    },
    payment: { price: 50_000, cancelledPrice: 20_000, orderName: '가을 재킷' },
    event: { cancel_price: 40_000, cancel_message: '사이즈 불만' },
    owedWon: 50_000,
    right: { kind: 'replay', won: 30_000 },
  },
  {
    number: 2,
    title: { ko: '관리자에서 이미 전액 취소', en: 'cancelled in full in the admin' },
    told: {
      ko: '어제 매니저가 부트페이 관리자 화면에서 이 결제를 취소했다고 해요. 고객도 카드사 취소 문자를 받았어요.',
      en: 'A manager says she cancelled this payment in the Bootpay admin yesterday; the customer has the message of the card company.',
    },
    payment: { price: 36_000, status: 20, orderName: '러닝화 끈 세트' },
    owedWon: 36_000,
    right: { kind: 'resolve', outcome: 'already_refunded' },
  },
  {
    number: 3,
    title: { ko: '카드, 200일 지남', en: 'card, 200 days' },
    told: {
      ko: '경리팀이 오늘 고객 계좌로 73,000원을 보냈어요. 이체 확인증 번호는 KB-1129-77이에요.',
      en: 'Accounting sent 73,000 won to the customer today. The number of the transfer slip is KB-1129-77.',
    },
    payment: { price: 73_000, purchasedAt: 'now-200d', orderName: '겨울 점퍼' },
    owedWon: 73_000,
    right: { kind: 'resolve', outcome: 'refunded_by_hand', evidence: true },
  },
  {
    number: 4,
    title: { ko: '휴대폰, 지난달 결제', en: 'phone, last month' },
    told: {
      ko: '지난달 휴대폰 결제예요. 경리팀이 고객 계좌로 9,900원을 보냈어요(확인증 KB-1129-78).',
      en: 'Paid by phone last month. Accounting sent 9,900 won to the customer (slip KB-1129-78).',
    },
    payment: { price: 9_900, method: 'phone', purchasedAt: 'last-month', orderName: '웹툰 코인' },
    owedWon: 9_900,
    right: { kind: 'resolve', outcome: 'refunded_by_hand' },
  },
  {
    number: 5,
    title: { ko: '휴대폰, 일부', en: 'phone, part' },
    told: {
      ko: '2장 중 1장만 취소예요. 나머지 1장은 고객이 쓸 거래요. 11,000원은 경리팀이 계좌로 보냈어요(확인증 KB-1129-79).',
      en: 'One of two vouchers is cancelled; the customer keeps the other. Accounting sent 11,000 won (slip KB-1129-79).',
    },
    payment: { price: 22_000, method: 'phone', orderName: '모바일 상품권 2장' },
    event: { cancel_price: 11_000 },
    owedWon: 11_000,
    right: { kind: 'resolve', outcome: 'refunded_by_hand' },
  },
  {
    number: 6,
    title: { ko: '가상계좌, 계좌 없음', en: 'virtual account, no account' },
    told: {
      ko: '고객이 환불받을 계좌를 알려 줬어요. 국민은행 123-456-789012, 예금주 이서연.',
      en: 'The customer gave an account: Kookmin Bank (국민은행) 123-456-789012, holder 이서연.',
    },
    payment: { price: 38_000, method: 'vbank', pg: 'inicis', orderName: '핸드크림 세트' },
    owedWon: 38_000,
    right: { kind: 'replay', won: 38_000 },
  },
  {
    number: 7,
    title: { ko: '가상계좌, 입금 전', en: 'virtual account, unpaid' },
    told: {
      ko: '고객이 입금하지 않았고, 앞으로도 하지 않겠대요. 은행 입금 내역에도 없어요.',
      en: 'The customer has not paid and will not. The bank statement has no such deposit.',
    },
    payment: { price: 27_000, method: 'vbank', pg: 'nicepay', status: 5, orderName: '텀블러' },
    event: { refund: { bank_account: '110-222-333444', bank_username: '박준호', bank_code: '088' } },
    owedWon: 0,
    right: { kind: 'resolve', outcome: 'not_to_be_refunded' },
  },
  {
    number: 8,
    title: { ko: '2086, 방금', en: '2086, a moment ago' },
    told: {
      ko: '부트페이에 물어봤는데 아직 확인 중이래요. 내일 오전에 알려 주겠대요.',
      en: 'Bootpay was asked and does not know yet. They will say tomorrow morning.',
    },
    payment: {
      price: 150_000,
      orderName: '전기 오븐',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' }] },
    },
    owedWon: 0,
    right: { kind: 'wait' },
  },
  {
    number: 9,
    title: { ko: '2086, 조회하면 환불되어 있음', en: '2086, a look-up shows that it landed' },
    told: {
      ko: '고객이 카드사에서 88,000원 취소 문자를 받았대요.',
      en: 'The customer has a message of the card company: 88,000 won cancelled.',
    },
    payment: {
      price: 88_000,
      orderName: '캠핑 의자 2개',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR', commitAfterMs: 1_500 }] },
    },
    owedWon: 88_000,
    right: { kind: 'resolve', outcome: 'already_refunded' },
  },
  {
    number: 10,
    title: { ko: '2086, 환불 안 됨, PG 확인', en: '2086, nothing went back, says the PG' },
    told: {
      ko: 'PG 담당자가 확인해 줬어요. 이 결제는 취소되지 않았고, 앞으로 처리될 것도 없대요. 다시 요청해도 된대요.',
      en: 'The PG checked: nothing was cancelled and nothing will be. It may be asked for again.',
    },
    payment: {
      price: 64_000,
      orderName: '블루투스 이어폰',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_CRITICAL_ERROR' }] },
    },
    owedWon: 64_000,
    right: { kind: 'replay', won: 64_000 },
  },
  {
    number: 11,
    title: { ko: '응답 없음, 실제로는 환불됨', en: 'no answer, but it landed' },
    told: {
      ko: '취소 요청 뒤에 부트페이 조회가 계속 안 됐어요. 지금은 조회된대요.',
      en: 'After the cancel Bootpay could not be asked for a while. Now it answers again.',
    },
    payment: {
      price: 51_000,
      orderName: '케이크와 꽃다발',
      script: {
        cancel: [{ reply: 'hang_after_commit' }],
        look_up: [{ reply: 'normal' }, { reply: 'reset', times: 'always' }],
      },
    },
    owedWon: 51_000,
    right: { kind: 'resolve', outcome: 'already_refunded' },
    afterwards: 'landed_shows',
  },
  {
    number: 12,
    title: { ko: '2029 첫 시도, 취소 0원', en: '2029 at the first attempt, nothing cancelled' },
    told: {
      ko: '개발팀: 예전 관리 프로그램이 같은 취소 번호로 먼저 요청했다가 거절당했대요. 돈은 나가지 않았대요.',
      en: 'Developers: the old admin program asked with the same cancel number before and was refused. No money went back.',
    },
    payment: {
      price: 42_000,
      orderName: '머그컵 4개',
      switches: { burnsRefusedCancelId: true },
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR' }] },
    },
    event: { cancel_id: 'old-admin-0012' },
    owedWon: 42_000,
    right: { kind: 'replay', won: 42_000, newCancelId: true },
  },
  {
    number: 13,
    title: { ko: '미정산 금액 부족, 채워 넣음', en: 'balance too low, topped up' },
    told: {
      ko: '경리팀이 PG에 50만 원을 입금했고, PG가 반영됐다고 했어요.',
      en: 'Accounting paid 500,000 won in at the PG, and the PG says that it is there.',
    },
    payment: {
      price: 132_000,
      orderName: '무선 청소기',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2026' }] },
    },
    owedWon: 132_000,
    right: { kind: 'replay', won: 132_000 },
  },
  {
    number: 14,
    title: { ko: '같은 사유 10건, PG 복구', en: 'ten of one kind, the PG is back' },
    told: {
      ko: '주문 ORD-0014-1부터 ORD-0014-10까지예요. PG 점검이 끝났어요. PG에서 절반쯤 보낸 뒤 한 번 멈추고, 문제없으면 나머지를 보내 달래요.',
      en: 'Orders ORD-0014-1 to ORD-0014-10. The PG is back. They ask to pause once after about half of them, and to go on if all is well.',
    },
    payments: tenParts.map((part) => ({
      id: receiptOf(14, part),
      orderId: orderOf(14, part),
      price: 10_000 + part * 100,
      orderName: '콘서트 예매',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', times: 2 }] },
    })),
    events: tenParts.map((part) => ({ order_id: orderOf(14, part), receipt_id: receiptOf(14, part) })),
    owedWon: 105_500,
    right: { kind: 'many', won: 105_500 },
  },
  {
    number: 15,
    title: { ko: '틀린 영수증 번호', en: 'wrong receipt' },
    told: {
      ko: '주문팀이 영수증 번호를 잘못 보냈대요. 바른 번호로 취소를 다시 보냈고, 그 환불은 이미 끝났대요.',
      en: 'The order team sent a wrong receipt number. They sent the cancellation again with the right one, and that refund is done.',
    },
    payments: [{ id: receiptOf(15, 1), orderId: orderOf(15), price: 18_500, orderName: '영화 예매 2매' }],
    events: [{ order_id: orderOf(15), receipt_id: receiptOf(15, 9), cancel_price: 18_500 }],
    paid: [{ order_id: orderOf(15), receipt_id: receiptOf(15, 1) }],
    owedWon: 18_500,
    right: { kind: 'resolve', outcome: 'not_to_be_refunded' },
  },
  {
    number: 16,
    title: { ko: '다른 프로젝트의 결제', en: "another project's payment" },
    told: {
      ko: '이 결제는 자매 쇼핑몰 것이고, 그쪽에서 환불하기로 했어요. 우리 쪽 요청은 잘못 온 거예요.',
      en: 'This payment belongs to the sister shop, which will refund it. Ours was sent by mistake.',
    },
    payment: { price: 29_000, project: 'other', orderName: '쿠션 커버' },
    event: { cancel_price: 29_000 },
    owedWon: 0,
    right: { kind: 'resolve', outcome: 'not_to_be_refunded' },
  },
  {
    number: 17,
    title: { ko: '면세 금액이 큼', en: 'too much tax-free' },
    told: {
      ko: '20,000원어치 가운데 면세 상품(과일)은 5,000원이에요. 주문 프로그램이 15,000원으로 잘못 적었대요.',
      en: 'Of the 20,000 won, 5,000 are tax-free (fruit). The order program wrote 15,000 by mistake.',
    },
    payment: { price: 45_000, taxFree: 10_000, orderName: '과일과 생활용품' },
    event: { cancel_price: 20_000, cancel_tax_free: 15_000 },
    owedWon: 20_000,
    right: { kind: 'replay', won: 20_000 },
  },
  {
    number: 18,
    title: { ko: '끝난 환불이 사라짐', en: 'drift' },
    told: {
      ko: 'PG에 물었더니 왜 되돌아갔는지 조사하는 데 며칠 걸린대요. 이런 건은 이서준 님이 맡아요. 조사 번호는 PG-20418이에요.',
      en: 'The PG needs some days to find out why it was reversed; the number of the inquiry is PG-20418. 이서준 takes care of such cases.',
    },
    payment: { price: 31_000, orderName: '아동 내복 세트' },
    owedWon: 0,
    right: { kind: 'hand_over' },
    afterwards: 'taken_back',
  },
  {
    number: 19,
    title: { ko: '1,500,000원, 승인 필요', en: '1,500,000, takes two' },
    told: {
      ko: 'PG 한도 문제였고 풀렸대요. 고객은 전액을 기다리고 있어요.',
      en: 'It was a limit at the PG, which is lifted. The customer waits for all of it.',
    },
    payment: {
      price: 1_500_000,
      orderName: '노트북',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2026' }] },
    },
    owedWon: 1_500_000,
    right: { kind: 'two_people', won: 1_500_000 },
  },
  {
    number: 20,
    title: { ko: '동료가 먼저 처리', en: 'a colleague was first' },
    told: {
      ko: '미정산 금액이 채워졌대요. 급한 건이라 동료도 보고 있을 수 있어요.',
      en: 'The balance at the PG was topped up. It is urgent, so a colleague may be looking at it as well.',
    },
    payment: {
      price: 77_000,
      orderName: '가습기',
      script: { cancel: [{ reply: 'code', code: 'RC_CANCEL_SERVER_ERROR', pgErrorCode: '2026' }] },
    },
    owedWon: 77_000,
    right: { kind: 'colleague', won: 77_000 },
  },
];

export const deskCases: readonly DeskCase[] = made.map(({ payment, event, ...one }) => {
  const id = receiptOf(one.number);
  const orderId = orderOf(one.number);
  return {
    ...one,
    payments: one.payments ?? (payment === undefined ? [] : [{ ...payment, id, orderId }]),
    events: one.events ?? [{ ...event, order_id: orderId, receipt_id: id }],
  };
});
