// Cancellations from a spreadsheet: a file goes up, each of its rows is judged, and a person sends those that are right.
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { System } from '../../compose.ts';
import type { Text } from '../../domain/problem.ts';
import type { Sheet, SheetRow } from '../../domain/sheet.ts';
import { won } from '../../policies/amounts.ts';
import { isOver, maySend } from '../../review/sheets.ts';
import { sendCsv } from '../download.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import { PasswordField } from '../parts/password-field.tsx';
import type { Page } from '../routes.tsx';
import { resultText, templateText } from '../sheet-file.ts';
import { sendPage } from '../show.ts';
import { type Proof, proofOf } from '../step-up.ts';
import type { Visit } from '../visit.ts';
import { stepUp } from '../words/step-up.ts';
import { momentText } from '../words/time.ts';
import {
  fileText,
  type SheetCounts,
  sendText,
  sheetTitle,
  upload,
  verdictText,
  whyText,
} from '../words/upload.ts';

const rule = { what: 'sheet_send' } as const;
const bodySchema = z.object({ file: z.instanceof(Uint8Array), name: z.string() });

export function uploadRoutes(
  pages: { page: Page; act: Page; upload: Page },
  { sheets, ledger }: System,
): void {
  pages.page('/review/upload', async (visit) => <UploadPage visit={visit} wrong={null} />, rule);
  pages.page('/review/upload/template.csv', async ({ language }, _request, reply) =>
    sendCsv(reply, 'cancellations.csv', oneText(templateText(language))),
  );
  pages.upload(
    '/review/upload',
    async (visit, request, reply) => {
      const body = bodySchema.safeParse(request.body);
      const bytes = body.data?.file ?? new Uint8Array();
      if (bytes.length === 0) return refused(reply, visit, upload.noFile);
      const fileName = fileNameOf(body.data?.name ?? '');
      const result = await sheets.upload({ bytes, fileName, who: visit.person.name });
      if (result.kind === 'unreadable') return refused(reply, visit, result.why);
      return reply.redirect(`/review/upload/${result.id}`, 303);
    },
    rule,
  );
  pages.page(
    '/review/upload/:id',
    async (visit, request) => {
      const sheet = await sheets.read(idIn(request.params));
      return sheet === null ? null : <SheetPage visit={visit} sheet={sheet} notice={null} />;
    },
    rule,
  );
  pages.page(
    '/review/upload/:id/result.csv',
    async ({ say }, request, reply) => {
      const sheet = await sheets.read(idIn(request.params));
      return sheet && sendCsv(reply, `result-${sheet.id}.csv`, resultText(ledger, sheet, say));
    },
    rule,
  );
  pages.act(
    '/review/upload/:id/send',
    async (visit, request, reply) => {
      const id = idIn(request.params);
      const sheet = await sheets.read(id);
      if (sheet === null) return null;
      const proof = asksPassword(sheet, visit) ? await proofOf(visit, request.body) : 'given';
      if (proof !== 'given')
        return sendPage(reply, <SheetPage {...{ visit, sheet, proof }} notice={null} />, 422);
      const result = await sheets.send(id, visit.person);
      return result === 'busy'
        ? sendPage(reply, <SheetPage visit={visit} sheet={sheet} notice={upload.busy} />, 409)
        : reply.redirect(`/review/upload/${id}`, 303);
    },
    rule,
  );
}

function idIn(params: unknown): string {
  return z.object({ id: z.string().regex(/^[0-9a-f]{24}$/) }).safeParse(params).data?.id ?? 'none';
}

/** Without a path, and short. */
function fileNameOf(name: string): string {
  const plain = name.normalize('NFC').replaceAll(/[\p{Cc}\p{Cs}]/gu, '');
  return plain.split(/[\\/]/).at(-1)?.slice(0, 100) ?? '';
}

async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}

function refused(reply: FastifyReply, visit: Visit, wrong: Text): FastifyReply {
  return sendPage(reply, <UploadPage visit={visit} wrong={wrong} />, 422);
}

function UploadPage({ visit, wrong }: { visit: Visit; wrong: Text | null }) {
  const { say, csrf } = visit;
  return (
    <Layout visit={visit} title={upload.title} here="upload">
      <h1>{say(upload.title)}</h1>
      <Card>
        <p>{say(upload.lead)}</p>
        <p>{say(upload.columns)}</p>
        <p>{say(upload.twice)}</p>
        <form class="fields" method="post" action="/review/upload" encType="multipart/form-data">
          <input type="hidden" name="_csrf" value={csrf} />
          <label>
            {say(upload.file)}
            <input
              type="file"
              name="file"
              accept=".csv,.txt,text/csv"
              required
              aria-describedby={wrong === null ? undefined : 'wrong'}
            />
          </label>
          {wrong !== null && (
            <p class="wrong" id="wrong" role="alert">
              {say(wrong)}
            </p>
          )}
          <p class="buttons">
            <button class="main" type="submit">
              {say(upload.look)}
            </button>
            <a class="button" href="/review/upload/template.csv">
              {say(upload.template)}
            </a>
          </p>
        </form>
      </Card>
    </Layout>
  );
}

/** Rows above the threshold take a second person, and that person's password. */
function asksPassword({ rows, ...sheet }: Sheet, visit: Visit): boolean {
  if (visit.isProven) return false;
  return rows.some((row) => row.verdict === 'two_people' && maySend(row, sheet, visit));
}

interface SheetProps {
  readonly visit: Visit;
  readonly sheet: Sheet;
  readonly notice: Text | null;
  /** The password is missing or wrong. */
  readonly proof?: Exclude<Proof, 'given'>;
}

function SheetPage({ visit, sheet, notice, proof }: SheetProps) {
  const { say, now } = visit;
  const counts = countsOf(sheet, visit);
  const [mine, others] = split(sheet.rows, (row) => maySend(row, sheet, visit));
  const [sent, unsent] = split(others, (row) => row.sent !== null);
  const left = unsent.filter(({ verdict }) => verdict === 'right' || verdict === 'two_people');
  const over = left.length > 0 && isOver(sheet, now);
  const waits = !over && left.length > 0;
  return (
    <Layout visit={visit} title={upload.title} here="upload">
      <h1>{say(sheetTitle(counts))}</h1>
      <p class="quiet">{say(fileText(sheet, momentText(sheet.at, now)))}</p>
      {notice !== null && <p class="notice">{say(notice)}</p>}
      {over && <p class="notice">{say(upload.over)}</p>}
      {waits && <p class="notice">{say(upload.second)}</p>}
      {mine.length > 0 && <SendForm {...{ visit, sheet, counts, proof }} />}
      <p class="buttons">
        <a class="button" href={`/review/upload/${sheet.id}/result.csv`}>
          {say(upload.result)}
        </a>
        <a class="button" href="/review/upload">
          {say(upload.another)}
        </a>
      </p>
      <Rows visit={visit} title={upload.toSend} rows={mine.map((row) => ({ ...row, verdict: 'right' }))} />
      <Rows visit={visit} title={upload.notSent} rows={unsent} />
      <Rows visit={visit} title={upload.sentRows} rows={sent} />
    </Layout>
  );
}

function split(rows: readonly SheetRow[], isFirst: (row: SheetRow) => boolean): [SheetRow[], SheetRow[]] {
  return [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
}

function countsOf(sheet: Sheet, visit: Visit): SheetCounts {
  const mine = sheet.rows.filter((row) => maySend(row, sheet, visit));
  return {
    rows: sheet.rows.length,
    mine: mine.length,
    won: mine.reduce((sum, { amountWon }) => sum + (amountWon ?? 0), 0),
    unknown: mine.filter(({ amountWon }) => amountWon === null).length,
    sent: sheet.rows.filter(({ sent }) => sent === 'accepted').length,
  };
}

function SendForm({
  visit,
  sheet,
  counts,
  proof,
}: Pick<SheetProps, 'visit' | 'sheet'> & {
  readonly counts: SheetCounts;
  readonly proof: SheetProps['proof'] | undefined;
}) {
  const { say, csrf } = visit;
  const wrong = proof === undefined || proof === 'needed' ? undefined : stepUp[proof];
  return (
    <form class="card" method="post" action={`/review/upload/${sheet.id}/send`}>
      <input type="hidden" name="_csrf" value={csrf} />
      <p>{say(upload.once)}</p>
      {asksPassword(sheet, visit) && <PasswordField id="password" wrong={wrong} say={say} />}
      <button class="main" type="submit">
        {say(sendText(counts))}
      </button>
    </form>
  );
}

function Rows({ visit, title, rows }: { visit: Visit; title: Text; rows: readonly SheetRow[] }) {
  const { say } = visit;
  if (rows.length === 0) return null;
  return (
    <Card title={`${say(title)} (${rows.length.toLocaleString('en-US')})`}>
      <table class="rows named">
        <thead>
          <tr>
            {(['line', 'payment', 'amount', 'verdict'] as const).map((name) => (
              <th key={name} scope="col" class={name === 'amount' ? 'money' : undefined}>
                {say(upload[name])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.line} row={row} visit={visit} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Row({ row, visit: { say } }: { row: SheetRow; visit: Visit }) {
  const { line, cells, amountWon, refundId } = row;
  const why = whyText(row);
  const asked = cells.amount === '' ? say(upload.all) : (cells.amount ?? '');
  return (
    <tr data-row>
      <td data-name={say(upload.line)}>{line}</td>
      <td>
        {cells.order}
        <small>{cells.receipt}</small>
      </td>
      <td class="money" data-name={say(upload.amount)}>
        {amountWon === null ? asked : say(won(amountWon))}
      </td>
      <td>
        <Badge tone={toneOf(row)}>{say(verdictText(row))}</Badge> {why !== null && <small>{say(why)}</small>}
        {refundId !== null && (
          <small>
            <a href={`/review/cases/${refundId}`}>{refundId}</a>
          </small>
        )}
      </td>
    </tr>
  );
}

function toneOf({ verdict, sent }: SheetRow): Tone {
  if (sent === 'accepted' || (sent === null && verdict === 'right')) return 'good';
  return verdict === 'duplicate' || sent === 'duplicate' ? 'plain' : 'warn';
}
