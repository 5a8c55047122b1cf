// Logs what stands still as long as a service runs.
import type { System } from '../compose.ts';
import { messageOf } from '../domain/errors.ts';
import { isoOf, type Standstill, standingOf } from './standing.ts';

const everyMs = 20_000;

/** One line when a cause begins and one when it ends. Answers how to stop. */
export function watchStandstills(system: System): () => Promise<void> {
  const { log, clock } = system;
  const stopping = new AbortController();
  let before = new Map<Standstill['cause'], Standstill>();
  const look = async () => {
    const { standstills, waiting } = await standingOf(system);
    const now = new Map(standstills.map((one) => [one.cause, one]));
    for (const [cause, one] of now) {
      if (before.has(cause)) continue;
      const { since, until, text } = one;
      log.error(
        { cause, since: isoOf(since), until: isoOf(until), ...waiting, text: text.en, text_ko: text.ko },
        'standstill_begun',
      );
    }
    for (const [cause, { since }] of before) {
      if (!now.has(cause)) log.info({ cause, since: isoOf(since) }, 'standstill_ended');
    }
    before = now;
  };
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ error: messageOf(error) }, 'standstill_unknown'));
      await clock.sleep(everyMs, stopping.signal);
    }
  };
  const running = loop();
  return async () => {
    stopping.abort();
    await running;
  };
}
