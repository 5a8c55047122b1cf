// `dead-letters note` and `dead-letters assign`: what people write beside a case, and whom it is handed to.
import { longestNote } from '../../domain/beside.ts';
import { assertNever } from '../../domain/errors.ts';
import type { RefundId } from '../../domain/ids.ts';
import type { BesideResult } from '../../review/beside.ts';
import { defineCommand, type ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText } from '../limits.ts';
import { byPerson, caseArgument, json, optional, required } from '../options.ts';
import { withSystem } from '../settings.ts';

export const note = defineCommand({
  name: 'note',
  description: {
    en: 'Write a note beside a refund for your colleagues; it changes nothing else.',
    ko: '동료가 볼 메모를 남겨요. 환불은 바뀌지 않아요.',
  },
  arguments: { id: caseArgument },
  options: {
    text: required(
      '--text <text>',
      { en: 'The note; no account number.', ko: '메모. 계좌번호는 쓰지 마세요.' },
      anyText(longestNote),
    ),
    as: byPerson.as,
    json,
  },
  examples: ['dead-letters note rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --text "고객과 통화, 내일 다시"'],
  async run(io, { id, text, as: who, json: asJson }) {
    return withSystem(io, async ({ caseBeside }) =>
      printResult(io, await caseBeside.note(id, { who, via: 'cli' }, text), { id, asJson }),
    );
  },
});

export const assign = defineCommand({
  name: 'assign',
  description: {
    en: 'Hand a case over to a person; without --to it is nobody’s again.',
    ko: '검토할 건을 다른 사람에게 넘겨요. --to가 없으면 담당을 비워요.',
  },
  arguments: { id: caseArgument },
  options: {
    to: optional(
      '--to <name>',
      { en: 'An operator of OPERATORS.', ko: 'OPERATORS에 있는 운영자.' },
      anyText(60),
    ),
    note: optional('--note <text>', { en: 'A word with it.', ko: '함께 남길 말.' }, anyText(longestNote)),
    as: byPerson.as,
    json,
  },
  examples: [
    'dead-letters assign rf_abcdefghijklmnopqrstuvwxyz --as 김민지 --to 이서준 --note "계좌 확인 부탁해요"',
  ],
  async run(io, { id, to = null, note: text = null, as: who, json: asJson }) {
    return withSystem(io, async ({ caseBeside }) => {
      const request = { to, note: text, version: null };
      return printResult(io, await caseBeside.handOver(id, { who, via: 'cli' }, request), { id, asJson });
    });
  },
});

async function printResult(
  io: Io,
  result: BesideResult,
  { id, asJson }: { readonly id: RefundId; readonly asJson: boolean },
): Promise<ExitCode> {
  const { besideTexts } = await import('../../review/beside.ts');
  const { movedText } = await import('../../review/case-text.ts');
  const { noteNotFound, notePurged } = await import('../print/record.ts');
  if (asJson)
    await io.out(JSON.stringify({ result: result.kind, refund_id: id, ...result, kind: undefined }));
  switch (result.kind) {
    case 'done':
      if (!asJson) await io.out(`${id}: kept. (남겼어요.)`);
      return 0;
    case 'not_found':
      return noteNotFound(io, id);
    case 'purged':
      return notePurged(io, id, result.state);
    case 'moved': {
      const { ko, en } = movedText(result);
      io.note(`${id}: ${ko}\n${en}`);
      return 1;
    }
    case 'refused': {
      const { ko, en } = besideTexts[result.rule];
      io.note(`${ko}\n${en}`);
      return 1;
    }
    default:
      return assertNever(result);
  }
}
