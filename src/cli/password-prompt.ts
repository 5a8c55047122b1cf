// Asks for a new password twice: without echo on a terminal, as two lines from a pipe.
import { shortestPassword } from '../config/people-and-keys.ts';
import type { Text } from '../domain/problem.ts';
import type { Io } from './io.ts';

type NewPassword =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'refused'; readonly why: Text }
  | { readonly kind: 'interrupted' };

export async function askNewPassword(io: Io): Promise<NewPassword> {
  const { askHidden: ask } = io;
  const [first, second] = await (ask === undefined ? twoLines(io.stdin) : twoAnswers(ask));
  if (first === undefined || second === undefined)
    return ask === undefined ? refused(texts.twice) : { kind: 'interrupted' };
  // As `server/password.ts` hashes it.
  const length = [...first.normalize('NFKC')].length;
  if (length < shortestPassword) return refused(texts.short);
  if (first.length > longestPassword) return refused(texts.long);
  return first === second ? { kind: 'password', password: first } : refused(texts.differ);
}

const longestPassword = 1024;

type TwoAnswers = readonly [string | undefined, string | undefined];

async function twoAnswers(ask: NonNullable<Io['askHidden']>): Promise<TwoAnswers> {
  const first = await ask('Password (비밀번호): ');
  if (first === undefined) return [undefined, undefined];
  return [first, await ask('Again (한 번 더): ')];
}

/** Reads no further than the second line. */
async function twoLines(input: AsyncIterable<Buffer>): Promise<TwoAnswers> {
  const read: Buffer[] = [];
  for await (const chunk of input) {
    read.push(chunk);
    const lines = Buffer.concat(read).toString('utf8').split('\n');
    if (lines.length > 2 || Buffer.concat(read).length > 4 * longestPassword * 4) break;
  }
  const [first, second] = Buffer.concat(read).toString('utf8').split('\n');
  // Without a line break at its end the second line is whole, too; the empty rest after the first one is no line.
  return [withoutReturn(first), second === '' ? undefined : withoutReturn(second)];
}

function withoutReturn(line: string | undefined): string | undefined {
  return line?.replace(/\r$/, '');
}

function refused(why: Text): NewPassword {
  return { kind: 'refused', why };
}

const texts = {
  twice: {
    en: 'A password is asked for twice; from a pipe it is two lines.',
    ko: '비밀번호를 두 번 입력해야 해요. 파이프로는 두 줄로 보내 주세요.',
  },
  short: {
    en: `A password has at least ${shortestPassword} characters.`,
    ko: `비밀번호는 ${shortestPassword}자 이상이어야 해요.`,
  },
  long: {
    en: `A password has at most ${longestPassword} characters.`,
    ko: `비밀번호는 ${longestPassword}자 이하여야 해요.`,
  },
  differ: { en: 'The two passwords differ.', ko: '두 비밀번호가 서로 달라요.' },
} as const satisfies Record<string, Text>;
