/** A simulator per test, closed after it, and a plain HTTP caller that says what it saw. */
import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts';

export const RECEIPT = '6244f60c1fc19202e42e8c4e';
export const BASIC = basic('sim_client_key', 'sim_secret_key');

export type Seen =
  | { kind: 'answer'; status: number; json: Record<string, unknown>; text: string; headers: Headers }
  | { kind: 'broken' }
  | { kind: 'no_answer' };

export async function simulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const started = await startSimulator(options);
  onTestFinished(() => started.close());
  return started;
}

/** A clock that only the test moves. */
export function handClock(start = Date.parse('2026-11-20T12:00:00+09:00')) {
  const clock = { ms: start, now: () => clock.ms };
  return clock;
}

export function basic(clientKey: string, secretKey: string): string {
  return `Basic ${Buffer.from(`${clientKey}:${secretKey}`).toString('base64')}`;
}

export function cancel(sim: Simulator, body: Record<string, unknown> = {}, headers = {}): Promise<Seen> {
  return post(sim, 'cancel', { receipt_id: RECEIPT, ...body }, headers);
}

export function post(sim: Simulator, path: string, body: unknown, headers = {}): Promise<Seen> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { 'content-type': 'application/json', authorization: BASIC, ...headers };
  return seen(sim, `${sim.url}/${path}`, { method: 'POST', body: text, headers: all });
}

export function lookUp(sim: Simulator, receiptId = RECEIPT, headers = {}): Promise<Seen> {
  const url = `${sim.url}/receipt/${receiptId}?lookup_user_data=false`;
  return seen(sim, url, { headers: { authorization: BASIC, ...headers } });
}

/** A call to `/_simulator/`, as another process makes it. */
export function control(sim: Simulator, path: string, body?: unknown): Promise<Seen> {
  const url = sim.url.replace(/v2$/, `_simulator/${path}`);
  return seen(sim, url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
}

/** The body of an answer; fails the test when there was none. */
export function json(what: Seen): Record<string, unknown> {
  if (what.kind !== 'answer') throw new Error(`no answer, but ${what.kind}`);
  return what.json;
}

/** In short: the code, or the status and the total shown. */
export function brief(what: Seen): string {
  if (what.kind !== 'answer') return what.kind;
  const { error_code: code, cancelled_price: total } = what.json;
  return typeof code === 'string' ? code : `${what.status} ${String(total ?? '-')}`;
}

/** One call; a caller that is left hanging gives up as soon as the simulator has decided to hang. */
async function seen(sim: Simulator, url: string, init: RequestInit): Promise<Seen> {
  const before = sim.calls.length;
  const patience = new AbortController();
  const hung = () => sim.calls.slice(before).some((call) => call.ended === 'hung');
  sim.waitFor(hung).then(
    () => patience.abort(),
    () => undefined,
  );
  try {
    const response = await fetch(url, { redirect: 'manual', signal: patience.signal, ...init });
    const text = await response.text();
    return { kind: 'answer', status: response.status, headers: response.headers, text, json: object(text) };
  } catch {
    return { kind: patience.signal.aborted ? 'no_answer' : 'broken' };
  }
}

function object(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
