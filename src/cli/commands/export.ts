// `export`: the accounting book of some days, as CSV or as JSON Lines with the whole records, into a file.
import { oneOf } from '../../config/limits.ts';
import { defineCommand } from '../command.ts';
import { anyText, month, seoulDay } from '../limits.ts';
import { flag, json, optional, required } from '../options.ts';

export const exportBook = defineCommand({
  name: 'export',
  description: {
    en: 'Write the refunds that ended on some days into a file, for accounting.',
    ko: '끝난 환불을 날짜별로 파일에 적어요. 회계와 대사에 써요.',
  },
  options: {
    day: optional('--day <day>', { en: 'One day, in Seoul.', ko: '하루(한국 시각).' }, seoulDay),
    month: optional('--month <month>', { en: 'A month.', ko: '한 달.' }, month),
    from: optional('--from <day>', { en: 'From this day on.', ko: '이 날부터.' }, seoulDay),
    to: optional(
      '--to <day>',
      { en: 'Until this day; today when absent.', ko: '이 날까지. 생략하면 오늘.' },
      seoulDay,
    ),
    format: optional(
      '--format <format>',
      {
        en: 'csv, or jsonl with the whole records; csv when absent.',
        ko: 'csv, 또는 전체 기록이 담긴 jsonl. 생략하면 csv.',
      },
      oneOf(['csv', 'jsonl']),
    ),
    language: optional(
      '--language <language>',
      { en: 'Of the CSV: ko or en; ko when absent.', ko: 'CSV의 언어: ko 또는 en. 생략하면 ko.' },
      oneOf(['ko', 'en']),
    ),
    out: required('--out <file>', { en: 'The file to write.', ko: '적을 파일.' }, anyText(4_096)),
    resume: flag('--resume', {
      en: 'Go on with a file that was interrupted: no line twice, none missing.',
      ko: '중단된 파일을 이어서 적어요. 겹치거나 빠지는 줄이 없어요.',
    }),
    json,
  },
  examples: [
    'export --month 2026-11 --out refunds-2026-11.csv',
    'export --from 2026-11-01 --to 2026-11-15 --format jsonl --out half.jsonl',
    'export --month 2026-11 --out refunds-2026-11.csv --resume',
  ],
  notes: [
    {
      en: 'A refund stands on the day in Seoul on which it ended, as the desk counts it; an end that was taken back has a line of its own with a negative amount, on the day of that. Refunds that wait or are in review are not in it.',
      ko: '환불은 끝난 날(한국 시각)에 들어가고 데스크의 하루 집계와 같아요. 완료를 되돌리면 그 날에 음수 줄이 하나 더 생겨요. 진행 중이거나 검토 중인 환불은 없어요.',
    },
    {
      en: 'Beside the file, FILE.progress says how far it is; it is gone when the file is whole.',
      ko: '파일 옆의 FILE.progress에 어디까지 적었는지 남아요. 다 적으면 없어져요.',
    },
  ],
  async run(io, input) {
    const { runExport } = await import('../run-export.ts');
    return runExport(io, input);
  },
});
