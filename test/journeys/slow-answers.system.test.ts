// Bootpay waits up to 60 s for a PG: an answer that comes late, or in pieces, is an answer all the same. Everything runs
// with the durations of production, so all calls are made at once and the file takes as long as the slowest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CancelStepInput } from '../../simulator/index.ts';
import { type BootpayClient, createBootpayClient } from '../../src/bootpay/client.ts';
import { loadConfig } from '../../src/config/config.ts';
import { cancelIdSchema, receiptIdSchema } from '../../src/domain/ids.ts';
import { type Answer, type ScriptedBootpay, startBootpay } from '../bootpay/scripted-bootpay.ts';
import { basic, bearer, cancelled, openLimiter, partial, receipt } from '../bootpay/support.ts';
import { forkWorker } from '../support/child.ts';
import { openPlace } from '../support/place.ts';
import { environmentOf, openShop, shortDurations } from '../support/shop.ts';

const second = 1_000;
const critical = { error_code: 'RC_CANCEL_CRITICAL_ERROR', message: 'PG 응답 없음' };
const isAccepted = { kind: 'accepted', httpStatus: 200, body: { cancelledWon: 1_000 } };
const isCritical = { kind: 'refused', code: 'RC_CANCEL_CRITICAL_ERROR', httpStatus: 500 };

/** Bytes, and when they go out, in ms after the request. */
type Piece = readonly [afterMs: number, bytes: string];

function pieces(...all: readonly Piece[]): Answer {
  return (socket) => {
    const timers = all.map(([afterMs, bytes]) => setTimeout(() => void socket.write(bytes), afterMs));
    socket.on('close', () => timers.map(clearTimeout));
  };
}

function headAndBody(status: number, content: unknown): { readonly head: string; readonly body: string } {
  const body = JSON.stringify(content);
  const length = Buffer.byteLength(body);
  return {
    head: `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
    body,
  };
}

const success = headAndBody(200, cancelled);
const failure = headAndBody(500, critical);
const at = (seconds: number, { head, body }: typeof success) => pieces([seconds * second, head + body]);
const split = (headAt: number, bodyAt: number, { head, body }: typeof success) =>
  pieces([headAt * second, head], [bodyAt * second, body]);

/** One character each, evenly from one second to another. */
function trickled([from, to]: readonly [number, number], { head, body }: typeof success): Answer {
  const stepMs = ((to - from) * second) / body.length;
  const characters = [...body].map((one, index): Piece => [from * second + index * stepMs, one]);
  return pieces([0, head], ...characters);
}

interface Case {
  readonly name: string;
  readonly answer: Answer;
  readonly reply: object;
}

const unreadable = (httpStatus: number) => ({ kind: 'unreadable', cause: 'timeout', httpStatus });
const noAnswer = { kind: 'no_answer', cause: 'timeout' };

const inTime: readonly Case[] = [
  ...[11, 40, 64].flatMap((seconds): Case[] => [
    { name: `a success after ${seconds} s`, answer: at(seconds, success), reply: isAccepted },
    { name: `a 2086 after ${seconds} s`, answer: at(seconds, failure), reply: isCritical },
    {
      name: `headers at once and a success after ${seconds} s`,
      answer: split(0, seconds, success),
      reply: isAccepted,
    },
    {
      name: `headers at once and a 2086 after ${seconds} s`,
      answer: split(0, seconds, failure),
      reply: isCritical,
    },
  ]),
  {
    name: 'headers after 30 s and a 2086 after 64 s',
    answer: split(30, 64, failure),
    reply: isCritical,
  },
  {
    name: 'a body that begins after 11 s and trickles until 20 s',
    answer: trickled([11, 20], success),
    reply: isAccepted,
  },
  {
    name: 'a body that trickles from the start until 64 s',
    answer: trickled([0, 64], failure),
    reply: isCritical,
  },
  {
    name: 'a body in three pieces, far apart',
    answer: pieces(
      [5 * second, success.head + success.body.slice(0, 9)],
      [30 * second, success.body.slice(9, 20)],
      [60 * second, success.body.slice(20)],
    ),
    reply: isAccepted,
  },
  {
    name: 'word that it is at work, and a success after 40 s',
    answer: pieces([0, 'HTTP/1.1 102 Processing\r\n\r\n'], [40 * second, success.head + success.body]),
    reply: isAccepted,
  },
];

const tooLate: readonly Case[] = [
  { name: 'a success after 66 s', answer: at(66, success), reply: noAnswer },
  { name: 'a 2086 after 66 s', answer: at(66, failure), reply: noAnswer },
  { name: 'a success whose body comes after 66 s', answer: split(64, 66, success), reply: unreadable(200) },
  { name: 'a 2086 whose body comes after 66 s', answer: split(0, 66, failure), reply: unreadable(500) },
  { name: 'a body that trickles until 70 s', answer: trickled([11, 70], success), reply: unreadable(200) },
];

const cases = [...inTime, ...tooLate];
/** A name that travels. */
const idOf = (index: number) => cancelIdSchema.parse(`slow-${index}`);

/** Receipts that tell when they are shown. */
const lookUps = [
  ['read when it is answered after 9 s', 'shown-after-9-s', { kind: 'accepted' }, 1],
  ['asked for again when it is not answered within 10 s', 'shown-after-11-s', { kind: 'no_answer' }, 3],
] as const;

interface JobResult {
  readonly reply: object;
  readonly tookMs: number;
}

describe.concurrent('with the durations of production', { timeout: 120_000 }, () => {
  const config = loadConfig({});
  let bootpay: ScriptedBootpay;
  const clients: BootpayClient[] = [];
  const ended = new Map<string, Promise<JobResult>>();

  function clientWith(credentials: typeof basic | typeof bearer): BootpayClient {
    const { timeoutMs, connectTimeoutMs } = config.bootpay;
    const { baseUrl } = bootpay;
    const options = { baseUrl, credentials, timeoutMs, connectTimeoutMs };
    const client = createBootpayClient({ ...options, rateLimiter: openLimiter(), now: Date.now });
    clients.push(client);
    return client;
  }

  function begin(name: string, call: Promise<object>): void {
    const startedAt = performance.now();
    const end = call.then((reply) => ({ reply, tookMs: performance.now() - startedAt }));
    end.catch(() => undefined); // the test that asks for it hears of it
    ended.set(name, end);
  }

  async function endOf(name: string): Promise<JobResult> {
    const end = await ended.get(name);
    if (end === undefined) throw new Error(`nothing was begun as ${name}`);
    return end;
  }

  const callsOf = (text: string) =>
    bootpay.received.filter(({ path, body }) => path.includes(text) || body.includes(`"${text}"`));

  beforeAll(async () => {
    bootpay = await startBootpay(({ path, body }) => {
      if (path.endsWith('/request/token'))
        return at(1, headAndBody(200, { access_token: 't', expire_in: 1_800 }));
      const [receipt_id, seconds] = /shown-after-(\d+)-s/.exec(path) ?? [];
      if (seconds !== undefined) return at(Number(seconds), headAndBody(200, { ...receipt, receipt_id }));
      const index = cases.findIndex((_, one) => body.includes(`"${idOf(one)}"`));
      return cases[index]?.answer ?? at(63, failure);
    });
    const client = clientWith(basic);
    for (const [index, { name }] of cases.entries()) {
      begin(name, client.cancel({ ...partial, cancelId: idOf(index) }));
    }
    for (const [, id] of lookUps) begin(id, client.lookUp(receiptIdSchema.parse(id)));
    const cancelId = cancelIdSchema.parse('slow-token');
    begin('slow-token', clientWith(bearer).cancel({ ...partial, cancelId }));
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await bootpay.stop();
  });

  it('one worker pays what is answered late, once each, and a late 2086 is a critical case', async (context) => {
    const step = (seconds: number, code?: string): CancelStepInput => ({
      ...(code === undefined ? { reply: 'normal' } : { reply: 'code', code, httpStatus: 500 }),
      latencyMs: seconds * second,
    });
    const steps: Readonly<Record<string, CancelStepInput>> = {
      paid11: step(11),
      paid40: step(40),
      paid64: step(64),
      critical11: step(11, 'RC_CANCEL_CRITICAL_ERROR'),
      critical64: step(64, 'RC_CANCEL_CRITICAL_ERROR'),
    };
    const receipts = Object.entries(steps).map(([id, cancel]) => ({
      id,
      price: 1_000,
      script: { cancel: [cancel] },
    }));
    const ofProduction = { RETRY_DEADLINE_MS: String(config.policy.retryDeadlineMs) };
    const place = await openPlace(context);
    const shop = await openShop(place, { scenario: { receipts }, worker: false, env: ofProduction });
    const all = Object.entries(environmentOf(shop));
    const env = Object.fromEntries(all.filter(([name]) => !Object.hasOwn(shortDurations, name)));
    const worker = await forkWorker({ ...env, LOCK_MS: '30000' });
    context.onTestFinished(() => void worker.process.kill('SIGKILL'));
    await Promise.all(
      Object.keys(steps).map(async (receipt_id) => {
        const { refund_id } = await shop.send({ receipt_id });
        const state = receipt_id.startsWith('paid') ? 'succeeded' : 'dead_lettered';
        const refund = await shop.until(refund_id, state, 100_000);
        expect(refund.attempts.map(({ outcome }) => outcome?.reply)).toEqual([
          state === 'succeeded' ? 'accepted' : 'refused',
        ]);
        const { code = null, severity = null } = refund.deadLetter ?? {};
        const expected = state === 'succeeded' ? [null, null] : ['RC_CANCEL_CRITICAL_ERROR', 'critical'];
        expect([code, severity]).toEqual(expected);
      }),
    );
    const cancels = shop.simulator.calls.filter(({ kind }) => kind === 'cancel');
    expect(cancels.map(({ receiptId }) => receiptId).sort()).toEqual(Object.keys(steps).sort());
  });

  it.each(inTime.map(({ name, reply }) => [name, reply] as const))('%s is not lost', async (name, reply) => {
    expect((await endOf(name)).reply).toMatchObject(reply);
  });

  it.each(tooLate.map(({ name, reply }) => [name, reply] as const))(
    '%s is no answer, and the call ended after 65 s',
    async (name, expected) => {
      const { reply, tookMs } = await endOf(name);
      expect(reply).toEqual(expected);
      expect(tookMs).toBeGreaterThan(64.9 * second);
      expect(tookMs).toBeLessThan(67 * second);
    },
  );

  it('a 2086 that comes 63 s after a slow token is not lost', async () => {
    expect((await endOf('slow-token')).reply).toMatchObject(isCritical);
  });

  it.each(lookUps)('a look-up is %s', async (_, id, reply, calls) => {
    expect((await endOf(id)).reply).toMatchObject(reply);
    expect(callsOf(id)).toHaveLength(calls);
  });

  it('no cancel is sent twice', async () => {
    await Promise.all(ended.values());
    const ids = [...cases.keys()].map((index) => idOf(index) as string);
    for (const id of [...ids, 'slow-token']) expect(callsOf(id), id).toHaveLength(1);
  });
});
