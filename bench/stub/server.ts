// A stub Bootpay on a bare socket: the cheapest thing that answers a look-up and a cancel with amounts that agree. It
// knows one request per socket at a time and trusts its callers; the simulator is for everything else.
import { createServer, type Socket } from 'node:net';
import { z } from 'zod';
import { seeded } from '../seeded.ts';
import { type Arrival, type ArrivalBook, openArrivalBook } from './arrivals.ts';
import { receiptText, refusalText } from './receipt.ts';

export const stubSettingsSchema = z.object({
  /** Of each call, ms; jittered by 20 % to both sides. 0: at once. */
  latencyMs: z.number().default(0),
  seed: z.number().default(1),
  /** Answers every cancel with this code; null: only those of receipts named `no-CODE-...`. */
  refuseAll: z.string().nullable().default(null),
  /** Pays also what is named `no-CODE-...`. */
  forgiving: z.boolean().default(false),
});
export type StubSettings = Readonly<z.infer<typeof stubSettingsSchema>>;

export interface Stub {
  readonly url: string;
  set(settings: StubSettings): void;
  /** Calls answered since the last question. */
  calls(): { readonly lookUps: number; readonly cancels: number; readonly secondCancels: number };
  /** When each call since the last question came in, tokens included. */
  arrivals(): readonly Arrival[];
  forget(): void;
}

interface Book {
  readonly cancelled: Set<string>;
  settings: StubSettings;
  chance: () => number;
  readonly arrivals: ArrivalBook;
  counted: { lookUps: number; cancels: number; secondCancels: number };
}

export async function startStub(): Promise<Stub> {
  const book: Book = {
    cancelled: new Set(),
    settings: stubSettingsSchema.parse({}),
    chance: seeded(1),
    arrivals: openArrivalBook(),
    counted: nothing(),
  };
  const server = createServer((socket) => serve(socket, book));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v2`,
    set(next) {
      book.settings = next;
      book.chance = seeded(next.seed);
    },
    calls() {
      const { counted } = book;
      book.counted = nothing();
      return counted;
    },
    arrivals: book.arrivals.take,
    forget() {
      book.cancelled.clear();
      book.arrivals.take();
    },
  };
}

function nothing(): Book['counted'] {
  return { lookUps: 0, cancels: 0, secondCancels: 0 };
}

function serve(socket: Socket, book: Book): void {
  let text = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1'); // ids and numbers are ASCII; a length counts bytes
    const head = text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
    if (text.length < head + 4 + length) return;
    book.arrivals.note();
    const reply = answer(text, text.slice(head + 4), book);
    text = '';
    const { latencyMs } = book.settings;
    if (latencyMs === 0) socket.write(reply);
    else setTimeout(() => socket.write(reply), latencyMs * (0.8 + 0.4 * book.chance()));
  });
}

const lookUp = /^GET \/v2\/receipt\/([\w-]+)/;
const token = /^POST \/v2\/request\/token/;
const receiptIn = /"receipt_id":"([\w-]+)"/;

function answer(request: string, body: string, book: Book): string {
  const looked = lookUp.exec(request)?.[1];
  if (looked !== undefined) {
    book.counted.lookUps += 1;
    return http(200, receiptText(looked, book.cancelled.has(looked) ? 'cancelled' : 'paid'));
  }
  if (token.test(request)) return http(200, JSON.stringify({ access_token: 'stub', expire_in: 1_800 }));
  const receiptId = receiptIn.exec(body)?.[1] ?? '';
  book.counted.cancels += 1;
  const { refuseAll, forgiving } = book.settings;
  const refused = refuseAll ?? (forgiving ? null : (/^no-([A-Z_]+)-/.exec(receiptId)?.[1] ?? null));
  if (refused !== null) return http(400, refusalText(refused));
  if (book.cancelled.has(receiptId)) book.counted.secondCancels += 1;
  book.cancelled.add(receiptId);
  return http(200, receiptText(receiptId, 'cancelled'));
}

function http(status: number, body: string): string {
  return `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Bad Request'}\r\nContent-Type: application/json; charset=utf-8\r\nConnection: keep-alive\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
