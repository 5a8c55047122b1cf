// The reasons that the program itself wrote into a history, in words; what they say in English stays for the developers.
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { errorRow } from '../../policies/error-table.ts';

/** null: there are no words for it. */
export function reasonTold(reason: string | null): Text | null {
  if (reason === null) return null;
  const said = fixed.get(reason);
  if (said !== undefined) return said;
  const code = /^(?:the look-up failed: refused: )?([A-Z][A-Z\d_]+)(?: after a lost answer)?$/.exec(
    reason,
  )?.[1];
  if (code !== undefined) return errorRow(code)?.why ?? unknownAnswer;
  const found = begins.find(([begin]) => reason.startsWith(begin));
  return found?.[1] ?? null;
}

/** The amounts that a stop was about, where its reason says them. */
export function stopAmounts(reason: string | null): Text[] {
  const over = /: (\d+) won (tax-free )?asked, (\d+) won (?:tax-free )?left/.exec(reason ?? '');
  if (over !== null) {
    const [asked, left] = [won(Number(over[1])), won(Number(over[3]))];
    const free = over[2] !== undefined;
    return [
      {
        ko: `${free ? '요청한 면세 금액' : '요청한 금액'} ${asked.ko}, 남은 금액 ${left.ko}`,
        en: `${asked.en} ${free ? 'tax-free ' : ''}asked for, ${left.en} left`,
      },
    ];
  }
  const drift = /: Bootpay shows (\d+) won cancelled, we settled (\d+)/.exec(reason ?? '');
  if (drift === null) return [];
  const [shown, ours] = [won(Number(drift[1])), won(Number(drift[2]))];
  return [
    {
      ko: `부트페이에는 ${shown.ko} 취소됨, 우리 기록은 ${ours.ko}`,
      en: `Bootpay shows ${shown.en}, our record says ${ours.en}`,
    },
  ];
}

/** What a person had to ask for before it was tried again with another amount; null: the line does not say it. */
export function askedBefore(reason: string | null): number | null {
  const asked = /^policy_refused: (\d+) won asked,/.exec(reason ?? '')?.[1];
  return asked === undefined ? null : Number(asked);
}

const later: Text = { ko: '부트페이가 잠시 뒤에 보내 달라고 했어요', en: 'Bootpay asked to send it later' };
const noAnswer: Text = { ko: '답이 오지 않았어요', en: 'no answer came' };
const notSent: Text = { ko: '요청이 나가지 않았어요', en: 'it did not leave our side' };
const unreadable: Text = { ko: '읽을 수 없는 답이 왔어요', en: 'the answer could not be read' };
const notThere: Text = {
  ko: '환불된 금액이 아직 보이지 않았어요',
  en: 'the money was not seen to have gone back yet',
};
const unknownAnswer: Text = { ko: '부트페이가 거절했어요', en: 'Bootpay refused it' };

const fixed: ReadonlyMap<string, Text> = new Map([
  ['throttled', later],
  ['not there yet', notThere],
  [
    'not there after the settle window',
    { ko: '충분히 기다려도 환불된 금액이 없었어요', en: 'the money had not gone back after the wait' },
  ],
  [
    'accepted with missing or other amounts',
    {
      ko: '받아들여졌지만 답의 금액이 요청과 달랐어요',
      en: 'it was accepted, with other amounts than asked for',
    },
  ],
  ['the cancel_id exists already', { ko: '이미 쓴 취소 번호예요', en: 'the cancel number was used before' }],
  [
    'the cancel_id was used up, and paid nothing since',
    {
      ko: '그 번호로는 돈이 나가지 않아 새 취소 번호를 써요',
      en: 'that number paid nothing, so a new one is used',
    },
  ],
  [
    'the look-up is older than what was seen before',
    { ko: '조회가 예전보다 적게 보였어요', en: 'the look-up showed less than before' },
  ],
  [
    'the rate limiter is shut',
    { ko: '부트페이에 보내는 것을 쉬는 동안이었어요', en: 'nothing was sent to Bootpay at that time' },
  ],
]);

const begins: readonly (readonly [string, Text])[] = [
  ['the look-up failed: refused: unreadable_code', unreadable],
  ['the look-up failed: no_answer', noAnswer],
  ['the look-up failed: not_sent', notSent],
  ['the look-up failed: unreadable', unreadable],
  ['the look-up failed: throttled', later],
  ['no_answer: ', noAnswer],
  ['not sent: ', notSent],
  ['unreadable: ', unreadable],
  [
    'the data key ',
    { ko: '환불 계좌를 열 키가 아직 없어요', en: 'no key here opens the refund account yet' },
  ],
];
