// What `status` and `dead-letters show` print about a case: its rule, the cause that ended it, and what was said.
import { expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { recordText } from '../../src/cli/print/record.ts';
import { createTerminal } from '../../src/cli/terminal.ts';
import { recordView } from '../../src/review/record-view.ts';
import { noObstacles } from '../policies/obstacles.ts';
import { caseAfter, now, rowWith, settings } from '../policies/refunds.ts';
import { nothingBeside } from '../support/nothing-beside.ts';

const io: Io = {
  folder: '.',
  env: {},
  stdin: (async function* () {})(),
  isTerminal: false,
  notesAreWatched: false,
  width: 200,
  ...createTerminal(false),
  outputBroken: new AbortController().signal,
  outlivesOutput: () => {},
  out: async () => {},
  outRaw: () => {},
  note: () => {},
  noteRaw: () => {},
};

const html = { kind: 'unreadable', cause: 'html', httpStatus: 403 } as const;

function printed(refund: ReturnType<typeof caseAfter>): string {
  const context = {
    row: rowWith(),
    now,
    jumpedAt: null,
    settings,
    obstacles: noObstacles,
    beside: nothingBeside,
  };
  return recordText(io, recordView(refund, [], context));
}

test('an attempt without a code shows its cause, and the case its rule, cause and words', () => {
  const why = {
    code: null,
    rule: 'cancel_unusable',
    cause: '403 html',
    message: '허용되지 않은 IP',
  } as const;
  const text = printed(caseAfter([html], why));
  expect(text).toMatch(/rule +cancel_unusable/);
  expect(text).toMatch(/cause +403 html/);
  expect(text).toMatch(/said +허용되지 않은 IP/);
  expect(text).toMatch(/unreadable +│? *403 html/);
});

test('a case without them says nothing about them', () => {
  const text = printed(caseAfter([html]));
  expect(text).not.toMatch(/^ *(rule|cause|said) /m);
});
