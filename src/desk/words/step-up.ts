// The words for giving the password once more.
import type { Text } from '../../domain/problem.ts';

export const stepUp = {
  password: { ko: '비밀번호 한 번 더', en: 'Your password once more' },
  hint: {
    ko: '중요한 건이나 승인이 필요한 금액을 처리할 때, 환불 계좌를 넣을 때 필요해요. 5분 동안 다시 묻지 않아요',
    en: 'for critical cases, amounts that take two people, and refund accounts; not asked again for 5 minutes',
  },
  needed: {
    ko: '아직 하지 않았어요. 비밀번호를 한 번 더 적어 주세요. 입력한 내용은 그대로예요.',
    en: 'Nothing was done yet. Please give your password once more; what you typed is still here.',
  },
  wrong: {
    ko: '비밀번호가 맞지 않아요. 아무것도 하지 않았어요.',
    en: 'The password is wrong. Nothing was done.',
  },
  slowed: {
    ko: '비밀번호가 여러 번 틀려 잠시 기다려야 해요. 아무것도 하지 않았어요.',
    en: 'Several passwords were wrong, so please wait a moment. Nothing was done.',
  },
} as const satisfies Record<string, Text>;
