// TCP to a name that may have several addresses: the next is tried a moment after the one before, and none ends another.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/**
 * As RFC 8305, section 5, has it. Node's own way (`autoSelectFamily`) ends each attempt but the last after this time, so
 * that over a slow line no address is ever reached. In ms.
 */
const nextAfterMs = 250;

/** The first connection that stands. @throws the first error, or the reason of `signal`; nothing stays open then. */
export async function connectTcp({ host, port }: Place, signal: AbortSignal): Promise<Socket> {
  const found = await Promise.race([lookup(host, { all: true }), aborted(signal)]);
  return connectFirst(
    inTurn(found).map((address) => ({ host: address, port })),
    signal,
  );
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** One of each family in turn: where a whole family leads nowhere, the other has not long to wait. */
function inTurn(found: readonly LookupAddress[]): string[] {
  const [first] = found;
  const same = found.filter(({ family }) => family === first?.family);
  const others = found.filter(({ family }) => family !== first?.family);
  const pairs = Array.from({ length: Math.max(same.length, others.length) }, (_, index) => [
    same[index],
    others[index],
  ]);
  return pairs.flat().flatMap((one) => one?.address ?? []);
}

/** As `connectTcp`, to places that are known. */
export function connectFirst(places: readonly Place[], signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const waiting = [...places];
    const attempts = new Set<Socket>();
    let firstError: Error | null = null;
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      for (const attempt of attempts) attempt.destroy();
    };
    const stop = () => {
      end();
      reject(signal.reason);
    };
    const tryNext = () => {
      clearTimeout(timer);
      const place = waiting.shift();
      if (place !== undefined) attempt(place);
      if (waiting.length > 0) timer = setTimeout(tryNext, nextAfterMs);
    };
    const attempt = (place: Place) => {
      const socket = connect({ ...place, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
      attempts.add(socket);
      const failed = (error: Error) => {
        attempts.delete(socket);
        firstError ??= error;
        if (waiting.length > 0) return tryNext();
        if (attempts.size > 0) return;
        end();
        reject(firstError);
      };
      socket.once('error', failed).once('connect', () => {
        socket.off('error', failed);
        attempts.delete(socket);
        end();
        resolve(socket);
      });
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else tryNext();
  });
}
