// What each finding of a reconciliation means, and what a person should do about it.
import type { Text } from '../../domain/problem.ts';
import type { Verdict } from '../../reconcile/compare.ts';

export type Finding = Verdict | 'unreadable';

interface Meaning {
  readonly name: Text;
  /** A person has to look: the command ends with 1. */
  readonly urgent: boolean;
  /** null: single receipts need none. */
  readonly advice: Text | null;
}

/** Most urgent first, as they are printed. */
export const meanings: Readonly<Record<Finding, Meaning>> = {
  drift: {
    name: { en: 'less than settled, twice', ko: '완료액보다 적음(재확인)' },
    urgent: true,
    advice: {
      en: 'Less than we settled, in two look-ups far enough apart: a refund was taken back, or never went through. It is a case in review now (dead-letters show ID). Ask Bootpay and the PG, and do not pay again before you know. "no record": it may be a refund whose record was erased, so no case could be opened.',
      ko: '확정 대기 시간을 두고 두 번 조회해도 완료액보다 적어요. 환불이 되돌려졌거나 처리되지 않았어요. 검토할 건으로 넘겼으니(dead-letters show ID) 부트페이와 PG에 확인하고, 확인 전에는 다시 지급하지 마세요. "기록 없음"은 기록이 삭제된 환불의 금액일 수 있어 검토할 건을 만들지 못한 경우예요.',
    },
  },
  unpaid_landed: {
    name: { en: 'an unpaid refund went back', ko: '미지급 건이 환불됨' },
    urgent: true,
    advice: {
      en: 'Exactly the amount of a refund that we did not pay went back (where several are named, of one of them). A case in review: do not pay it; find the cancel in the Bootpay admin and close it as "already refunded". One closed as refunded by hand: the customer may have been paid twice.',
      ko: '우리가 지급하지 않은 건과 똑같은 금액이 환불됐어요(여러 건이 보이면 그중 하나). 검토할 건이라면 다시 지급하지 말고, 부트페이 관리자에서 취소 내역을 확인한 뒤 "이미 환불됐어요"로 종결해 주세요. 직접 환불로 종결한 건이면 고객이 두 번 받았을 수 있어요.',
    },
  },
  outside: {
    name: { en: 'more than through us', ko: '우리보다 많이 환불됨' },
    urgent: true,
    advice: {
      en: 'More went back than through us: a cancel in the Bootpay admin or by another system, or one of our refunds twice. Find the cancels in the Bootpay admin; if nobody made one of them, tell the developers.',
      ko: '우리를 거친 금액보다 많이 환불됐어요. 부트페이 관리자나 다른 시스템에서 취소했거나, 한 건이 두 번 지급됐을 수 있어요. 부트페이 관리자에서 취소 내역을 확인하고, 아무도 하지 않은 취소가 있으면 개발팀에 알려 주세요.',
    },
  },
  below: {
    name: { en: 'less than settled, once', ko: '완료액보다 적음(첫 확인)' },
    urgent: true,
    advice: {
      en: 'Less than we settled, but seen for the first time: the look-up may lag. Nothing to do now. Run it again from the time shown on; if it is still less, it becomes a case in review.',
      ko: '완료액보다 적게 보이지만 첫 확인이라 조회가 늦은 것일 수 있어요. 지금 할 일은 없어요. 표시된 시각 이후에 다시 실행해 주세요. 그때도 적으면 검토할 건이 돼요.',
    },
  },
  reversed: {
    name: { en: 'a cancel was taken back', ko: '외부 취소가 되돌려짐' },
    urgent: true,
    advice: {
      en: 'Less than Bootpay showed before, in two look-ups far enough apart, though enough for what we settled: a cancel outside of us was taken back. Refunds of the receipt go on from the lower total. If nobody took a cancel back, ask Bootpay.',
      ko: '확정 대기 시간을 두고 두 번 조회해도 이전에 보이던 금액보다 적어요(우리 완료액에는 맞아요). 외부 취소가 되돌려졌어요. 이 결제의 환불은 줄어든 금액을 기준으로 이어져요. 취소를 되돌린 사람이 없다면 부트페이에 문의해 주세요.',
    },
  },
  went_down: {
    name: { en: 'the total went down again', ko: '취소 금액이 줄어듦' },
    urgent: true,
    advice: {
      en: 'Less than Bootpay showed before, though enough for what we settled, and seen for the first time: a cancel outside of us was taken back, or the look-up lags. Run it again from the time shown on. Until then further refunds of the receipt wait.',
      ko: '우리 완료액에는 맞지만 이전에 보이던 금액보다 적고, 첫 확인이에요. 외부 취소가 되돌려졌거나 조회가 늦은 것일 수 있어요. 표시된 시각 이후에 다시 실행해 주세요. 그때까지 이 결제의 다른 환불은 기다려요.',
    },
  },
  no_look_up: {
    name: { en: 'not compared, no look-up', ko: '조회하지 못함' },
    urgent: true,
    advice: {
      en: 'Bootpay did not show the receipt, so it was not compared. Run it again. If it stays: unauthorized is a receipt of another project, RC_NOT_FOUND one that Bootpay does not know.',
      ko: '부트페이에서 결제를 조회하지 못해 비교하지 않았어요. 다시 실행해 주세요. 그래도 같다면 unauthorized는 다른 프로젝트의 결제, RC_NOT_FOUND는 부트페이에 없는 결제예요.',
    },
  },
  unreadable: {
    name: { en: 'not compared, unreadable', ko: '기록을 읽지 못함' },
    urgent: true,
    advice: {
      en: 'The stored record is gone, cannot be read, or was written by a newer version, so its receipt was not compared for it. dead-letters show ID says which; update this program, or tell the developers.',
      ko: '저장된 기록이 없거나 읽을 수 없거나 더 새로운 버전의 기록이라 그 결제를 비교하지 못했어요. dead-letters show ID로 확인해 프로그램을 업데이트하거나 개발팀에 알려 주세요.',
    },
  },
  held: {
    name: { en: 'kept by a case in review', ko: '검토할 건이 잡고 있음' },
    urgent: false,
    advice: {
      en: 'A case whose outcome is not certain keeps the receipt. It is compared once that case is closed (dead-letters show ID).',
      ko: '결과가 확실하지 않은 검토할 건이 이 결제를 잡고 있어요. 그 건을 종결하면 비교해요(dead-letters show ID).',
    },
  },
  busy: {
    name: { en: 'a refund is under way', ko: '환불 진행 중' },
    urgent: false,
    advice: {
      en: 'A refund of the receipt is under way or just ended. Nothing to do: the next run compares it.',
      ko: '이 결제의 환불이 진행 중이거나 방금 끝났어요. 할 일은 없어요. 다음 실행에서 비교해요.',
    },
  },
  outside_before: {
    name: { en: 'agrees with earlier cancels', ko: '일치(이전 외부 취소)' },
    urgent: false,
    advice: null,
  },
  agrees: { name: { en: 'agrees', ko: '일치' }, urgent: false, advice: null },
};

export const findings = Object.keys(meanings) as readonly Finding[];
