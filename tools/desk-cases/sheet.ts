// What a stranger is handed: how to sign in, and for each case what a clerk knows. Never what to do.
import type { Text } from '../../src/domain/problem.ts';
import { type DeskCase, orderOf } from './case.ts';
import type { Judged } from './check.ts';
import type { Desk } from './desk.ts';

const intro: Text = {
  ko: [
    '스무 건의 환불이 사람을 기다리고 있어요. 브라우저로 접속해 한 건씩 처리해 주세요.',
    '화면의 안내만 보고 결정하세요. 아래는 각 주문에 대해 전화나 메신저로 알게 된 사실이에요.',
    '할 일은 주문마다 하나뿐이에요. 기다리거나 남에게 넘기는 것이 맞을 수도 있어요.',
    '돈은 절대 두 번 나가면 안 돼요. 이유를 적는 칸에는 아는 사실을 짧게 쓰면 돼요.',
    '보통은 김민지로 로그인하고, 다른 사람이 필요하면 이서준으로 로그인하세요(다른 브라우저나 시크릿 창).',
  ].join('\n'),
  en: [
    'Twenty refunds wait for a person. Open the address in a browser and deal with them one by one.',
    'Go by what the pages say. Below is what is known about each order, by phone or chat.',
    'There is one right thing to do for each; it may be to wait, or to give the case to somebody else.',
    'Money must never go back twice. Where a reason is asked for, a few words of what you know will do.',
    'Sign in as 김민지; as 이서준, in another browser or a private window, where another person is needed.',
  ].join('\n'),
};

export function sheetOf(
  { url, people }: Pick<Desk, 'url' | 'people'>,
  cases: readonly DeskCase[],
  language: keyof Text,
): string {
  const roles = { reviewer: { ko: '검토자', en: 'reviewer' }, approver: { ko: '승인자', en: 'approver' } };
  return [
    `${url}/review`,
    ...people.map(({ name, role, password }) => `  ${name} (${roles[role][language]})  ${password}`),
    '',
    intro[language],
    '',
    ...cases.map(
      ({ number, told }) => `${String(number).padStart(2)}  ${orderOf(number)}  ${told[language]}`,
    ),
  ].join('\n');
}

export function resultOf(judged: readonly Judged[]): string {
  const right = judged.filter((one) => one.right).length;
  const tooMuch = judged.filter(({ tooMuchWon }) => tooMuchWon > 0);
  const lines = judged.map(({ number, title, right: isRight, why }) =>
    [isRight ? 'right' : 'WRONG', String(number).padStart(2), title.en, why].join('  '),
  );
  const money =
    tooMuch.length === 0
      ? 'no double payment'
      : `DOUBLE PAYMENT in ${tooMuch.map(({ number }) => number).join(', ')}`;
  return [...lines, `${right} of ${judged.length} right, ${money}`].join('\n');
}
