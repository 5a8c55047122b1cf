// The order service or a person in a process of its own, which ends itself with SIGKILL where its next step would
// begin. Environment: the configuration, ACT (what to do), SUBJECT (an event as JSON, or a refund_id) and CRASH_AT.
import { openSystem, type System } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import { refundIdSchema } from '../../src/domain/ids.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { createEnqueue } from '../../src/producer/enqueue.ts';
import { createDeadLetters } from '../../src/review/index.ts';

const { ACT, SUBJECT = '', CRASH_AT, ...env } = process.env;
const system = await openSystem(loadConfig(env), { log: silentLogger(), whenDown: 'wait' });
await act(system);
process.exit(0);

/** Dies instead of this step when it is the one. */
function unlessDead<Args extends unknown[], Answer>(
  step: string,
  run: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return (...args) => {
    if (step === CRASH_AT) process.kill(process.pid, 'SIGKILL');
    return run(...args);
  };
}

async function act({ ledger, refundQueue, gateway, rateLimiter, clock, config }: System): Promise<unknown> {
  if (ACT === 'enqueue') {
    const { retryDeadlineMs } = config.policy;
    const enqueueJobs = unlessDead('enqueue', refundQueue.enqueueJobs);
    return createEnqueue({ ledger, enqueueJobs, now: clock.now, retryDeadlineMs }).enqueue(
      JSON.parse(SUBJECT),
    );
  }
  const deadLetters = createDeadLetters({
    twoPeople: { thresholdWon: null, people: [] },
    ledger: { ...ledger, commit: unlessDead('write', ledger.commit) },
    gateway,
    rateLimiter,
    now: clock.now,
    jumpedAt: clock.jumpedAt,
    sleep: clock.sleep,
    settings: config.policy,
    enqueueJob: unlessDead('enqueue', refundQueue.enqueueJob),
    wakeWaiter: unlessDead('wake', refundQueue.wake),
    closeCase: unlessDead('close_case', refundQueue.closeCase),
  });
  const id = refundIdSchema.parse(SUBJECT);
  const who = { who: 'kim', via: 'cli' as const, reason: 'checked', version: null, acknowledge: true };
  const review = () =>
    ACT === 'replay'
      ? deadLetters.replay(id, { ...who, newGeneration: false, edits: {} })
      : deadLetters.resolve(id, { ...who, outcome: 'refunded_by_hand', evidence: null });
  const answer = await review();
  if (answer.kind !== 'refused' || answer.rule !== 'settle_window') return answer;
  await clock.sleep(answer.notBefore - clock.now());
  return review();
}
