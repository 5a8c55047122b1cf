// The file of an export, and beside it how far it is: after any interruption the file is cut to the last part that was
// noted, and goes on from there.
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigError, codeOf } from '../domain/errors.ts';
import { parseJson } from '../domain/problem.ts';
import type { ExportCursor, ExportPart } from '../review/export.ts';

const count = z.int().nonnegative();
const cursorSchema = z.object({
  place: z.object({ day: z.string(), after: z.string().nullable() }),
  sums: z.object({
    lines: count,
    refundedWon: z.int(),
    byHandWon: z.int(),
    taxFreeWon: z.int(),
    dayWon: z.int(),
    countedWon: z.int(),
    differs: z.array(z.object({ day: z.string(), missingWon: z.int() })),
  }),
});

/** `asked`: what the file is to hold, as a text that is the same for the same command. */
const noteSchema = z.object({ version: z.literal(1), asked: z.string(), bytes: count, cursor: cursorSchema });

export interface ExportFile {
  /** After what was written before; null: from the start. */
  readonly cursor: ExportCursor | null;
  write(part: ExportPart): Promise<void>;
  close(): Promise<void>;
}

interface ExportFileOptions {
  readonly asked: string;
  readonly resume: boolean;
}

/** @throws ConfigError: the file is there, or there is nothing to go on with. */
export async function openExportFile(path: string, options: ExportFileOptions): Promise<ExportFile> {
  const notePath = `${path}.progress`;
  const begun = options.resume ? await readNote(notePath, path, options.asked) : null;
  const handle = await openFile(path, begun === null ? 'wx' : 'r+');
  if (begun !== null) await cut(handle, path, begun.bytes);
  let bytes = begun?.bytes ?? 0;
  return {
    cursor: begun?.cursor ?? null,
    async write({ text, cursor }) {
      const data = Buffer.from(text);
      for (let written = 0; written < data.length; ) {
        const { bytesWritten } = await handle.write(data, written, data.length - written, bytes + written);
        written += bytesWritten;
      }
      bytes += data.length;
      // On the disk before it is noted as written.
      await handle.datasync();
      if (cursor === null) await rm(notePath, { force: true });
      else await noteProgress(notePath, { version: 1, asked: options.asked, bytes, cursor });
    },
    close: () => handle.close(),
  };
}

async function openFile(path: string, how: 'wx' | 'r+'): Promise<FileHandle> {
  try {
    return await open(path, how);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') throw new ConfigError([existsText(path)]);
    throw new ConfigError([`--out: ${path} cannot be written, ${code ?? error} (파일을 쓸 수 없어요)`]);
  }
}

async function readNote(notePath: string, path: string, asked: string): Promise<z.infer<typeof noteSchema>> {
  const note = noteSchema.safeParse(parseJson(await readFile(notePath, 'utf8').catch(() => '')));
  if (!note.success) throw new ConfigError([nothingText(path)]);
  if (note.data.asked !== asked) throw new ConfigError([anotherText(path, note.data.asked)]);
  return note.data;
}

/** What follows was written and not noted. */
async function cut(handle: FileHandle, path: string, bytes: number): Promise<void> {
  const { size } = await handle.stat();
  if (size >= bytes) return handle.truncate(bytes);
  await handle.close();
  throw new ConfigError([shorterText(path)]);
}

/** Whole or not at all. */
async function noteProgress(
  path: string,
  note: Omit<z.infer<typeof noteSchema>, 'cursor'> & { readonly cursor: ExportCursor },
): Promise<void> {
  const next = `${path}.next`;
  try {
    await writeFile(next, JSON.stringify(note));
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw error;
  }
}

function existsText(path: string): string {
  return `--out: ${path} exists already and is left as it is. Give another name, or --resume to go on with an interrupted one. (이미 있는 파일이에요. 다른 이름을 주거나, 중단된 파일이면 --resume으로 이어 주세요.)`;
}

function nothingText(path: string): string {
  return `--resume: there is no ${path}.progress, so nothing was interrupted there: the file is whole, or was not begun. (이어서 적을 것이 없어요. 다 적었거나 시작하지 않은 파일이에요.)`;
}

function anotherText(path: string, asked: string): string {
  return `--resume: ${path} was begun with other options (${asked}). Give the same ones. (다른 조건으로 시작한 파일이에요. 같은 조건으로 이어 주세요.)`;
}

function shorterText(path: string): string {
  return `--resume: ${path} is shorter than what was written: it was changed. Begin anew under another name. (파일이 적은 것보다 짧아요. 바뀐 파일이니 다른 이름으로 다시 시작해 주세요.)`;
}
