// What `export` does: reads the book part by part, writes each part before it reads the next, and says how to go on.
import { resolve } from 'node:path';
import type { System } from '../compose.ts';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { type DaysAsked, daysAsked } from '../review/book.ts';
import { type BookSums, noSums } from '../review/book-lines.ts';
import { type ExportRequest, exportParts } from '../review/export.ts';
import { type ExitCode, interruptible } from './command.ts';
import { type ExportFile, openExportFile } from './export-file.ts';
import type { Io } from './io.ts';
import { numberText, wonText } from './print/words.ts';
import { createProgress } from './progress.ts';
import { withSystem } from './settings.ts';

interface ExportInput extends DaysAsked {
  readonly format: ExportRequest['format'] | undefined;
  readonly language: ExportRequest['language'] | undefined;
  readonly out: string;
  readonly resume: boolean;
  readonly json: boolean;
}

export async function runExport(io: Io, input: ExportInput): Promise<ExitCode> {
  return withSystem(io, (system) =>
    interruptible(async (signal) => {
      const { format = 'csv', language = 'ko', resume } = input;
      const found = daysAsked(input, system.clock.now());
      if (found.kind === 'unclear') throw new ConfigError([`${found.why.en} (${found.why.ko})`]);
      const path = resolve(io.folder, input.out);
      const file = await openExportFile(path, { asked: askedText(input, { format, language }), resume });
      const work = { request: { days: found.days, format, language }, signal, path };
      try {
        const sums = await writeAll(io, system, file, work);
        if (sums === null) io.note(stoppedText(path));
        else await io.out(input.json ? JSON.stringify(sumsView(path, sums)) : wholeText(path, sums));
        return 0;
      } catch (error) {
        throw codeOf(error) === 'ENOSPC' ? new Error(fullText(path), { cause: error }) : error;
      } finally {
        await file.close();
      }
    }),
  );
}

interface Work {
  readonly request: ExportRequest;
  readonly signal: AbortSignal;
  readonly path: string;
}

/** null: interrupted. */
async function writeAll(
  io: Io,
  system: System,
  file: ExportFile,
  { request, signal }: Work,
): Promise<BookSums | null> {
  const total = await system.ledger.bookLength(request.days);
  const options = { total, what: 'lines 줄', now: system.clock.now, live: io.notesAreWatched };
  const progress = createProgress(io, options);
  let sums = file.cursor?.sums ?? noSums;
  try {
    progress.show(sums.lines);
    for await (const part of exportParts(system, request, file.cursor)) {
      if (signal.aborted) return null;
      await file.write(part);
      sums = part.sums;
      progress.show(sums.lines);
    }
    return sums;
  } finally {
    progress.end();
  }
}

/** Two commands of one file have to ask for the same. */
function askedText(
  { day, month, from, to }: DaysAsked,
  { format, language }: Omit<ExportRequest, 'days'>,
): string {
  const options = { day, month, from, to, format, ...(format === 'csv' && { language }) };
  return Object.entries(options)
    .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
    .join(' ');
}

function sumsView(
  file: string,
  { lines, refundedWon, byHandWon, taxFreeWon, countedWon, differs }: BookSums,
) {
  return {
    file,
    lines,
    refunded: refundedWon,
    refunded_by_hand: byHandWon,
    tax_free: taxFreeWon,
    counted: countedWon,
    differs: differs.map(({ day, missingWon }) => ({ day, missing: missingWon })),
  };
}

function wholeText(path: string, { lines, refundedWon, byHandWon, differs }: BookSums): string {
  const sums = `${path}: ${numberText(lines)} lines 줄, refunded 환불 ${wonText(refundedWon)}, by hand 직접 환불 ${wonText(byHandWon)}`;
  const missing = differs.map(
    ({ day, missingWon }) =>
      `${day}: ${wonText(missingWon)} of the day's counters are not in it; an earlier version ended those refunds. (그 날의 집계 가운데 이 파일에 없는 금액이에요. 예전 버전이 끝낸 환불이에요.)`,
  );
  return [sums, ...missing].join('\n');
}

function stoppedText(path: string): string {
  return `Stopped. ${path} holds whole lines; go on with the same command and --resume. (중단했어요. 같은 명령에 --resume을 더하면 이어서 적어요.)`;
}

function fullText(path: string): string {
  return `The disk is full: ${path} could not be written any further. Make room, then go on with the same command and --resume. (디스크가 가득 찼어요. 공간을 비운 뒤 같은 명령에 --resume을 더해 주세요.)`;
}
