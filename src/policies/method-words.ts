// The methods of payment in the words of people.
import type { Text } from '../domain/problem.ts';
import type { PaymentMethod } from '../domain/reply.ts';

export const methodWords: Readonly<Record<PaymentMethod, Text>> = {
  card: { ko: '카드', en: 'card' },
  bank: { ko: '계좌이체', en: 'bank transfer' },
  vbank: { ko: '가상계좌', en: 'virtual account' },
  phone: { ko: '휴대폰', en: 'phone bill' },
  naverpay: { ko: '네이버페이', en: 'Naver Pay' },
  kakaopay: { ko: '카카오페이', en: 'Kakao Pay' },
  payco: { ko: '페이코', en: 'Payco' },
};
