// Splits a file or standard input into lines; memory stays bounded however long the input or a single line is.
import { ConfigError } from '../domain/errors.ts';

export interface Line {
  /** 1 is the first. */
  readonly number: number;
  readonly text: Text;
}

type Text =
  | { readonly kind: 'text'; readonly value: string }
  /** Longer than the limit, or not UTF-8: nothing of it is kept. */
  | { readonly kind: 'too_long' }
  | { readonly kind: 'not_utf8' };

const newline = 0x0a;
/** What the HTTP server accepts as one event. */
export const longestLineBytes = 1_048_576;

export async function* readLines(input: AsyncIterable<Buffer | string>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let number = 1;
  const end = (): Line => {
    const line = { number, text: textOf(parts, size) };
    parts = [];
    size = 0;
    number += 1;
    return line;
  };
  const keep = (part: Buffer) => {
    size += part.length;
    if (size <= longestLineBytes + 1) parts.push(part);
    else parts = [];
  };
  let isFirst = true;
  for await (const chunk of input) {
    if (isFirst) refuseUtf16(chunk);
    isFirst = false;
    let rest = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    for (let at = rest.indexOf(newline); at >= 0; at = rest.indexOf(newline)) {
      keep(rest.subarray(0, at));
      yield end();
      rest = rest.subarray(at + 1);
    }
    keep(rest);
  }
  if (size > 0) yield end();
}

/** @throws ConfigError: every line would be refused, with a reason that names no cure. */
function refuseUtf16(chunk: Buffer | string): void {
  const mark = Buffer.from(chunk).subarray(0, 2).toString('hex');
  if (mark !== 'fffe' && mark !== 'feff') return;
  throw new ConfigError([
    'the input: expected JSON Lines in UTF-8 (UTF-8로 저장한 JSON Lines 필요), got UTF-16; save it as UTF-8',
  ]);
}

function textOf(parts: readonly Buffer[], size: number): Text {
  if (size > longestLineBytes + 1) return { kind: 'too_long' };
  try {
    // `TextDecoder` also takes a byte order mark away.
    const value = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
    return { kind: 'text', value: value.trim() };
  } catch {
    return { kind: 'not_utf8' };
  }
}
