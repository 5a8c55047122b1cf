// Options that several commands have.
import { anyText } from './limits.ts';
import { flag, required } from './options.ts';

export const json = flag('--json', {
  en: 'One JSON value on standard output, a list as JSON Lines.',
  ko: 'JSON으로 출력해요. 목록은 한 줄에 하나씩.',
});

/** Every command that acts on a case or the lane says who and why. */
export const verdict = {
  reason: required('--reason <text>', { en: 'Why; recorded.', ko: '이유. 기록에 남아요.' }, anyText(1_000)),
  as: required(
    '--as <name>',
    { en: 'Who you are; recorded.', ko: '처리하는 사람. 기록에 남아요.' },
    anyText(100),
  ),
};
