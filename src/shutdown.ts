// How a process ends: resources stop in reverse order within a deadline, and a second signal does not wait.
import type { EventEmitter } from 'node:events';

type Stop = () => Promise<void> | void;

interface StopReport {
  readonly stopped: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  /** Asked to stop, but not done when the deadline came. */
  readonly late: readonly string[];
}

export interface Lifecycle {
  /** Registers how to stop a resource. After `stopAll` has begun it is stopped at once. */
  add(name: string, stop: Stop): void;
  /** Last added, first stopped, one after the other. A second call waits for the first one's end. */
  stopAll(deadlineMs: number): Promise<StopReport>;
}

export function createLifecycle(): Lifecycle {
  const resources: { name: string; stop: Stop }[] = [];
  let stopping: Promise<StopReport> | undefined;

  return {
    add(name, stop) {
      if (stopping === undefined) resources.push({ name, stop });
      else void settle(stop);
    },
    stopAll(deadlineMs) {
      stopping ??= stopInReverse([...resources].reverse(), deadlineMs);
      return stopping;
    },
  };
}

async function stopInReverse(
  resources: readonly { name: string; stop: Stop }[],
  deadlineMs: number,
): Promise<StopReport> {
  const report = {
    stopped: [] as string[],
    failed: [] as { name: string; error: unknown }[],
    late: [] as string[],
  };
  const deadline = timeLimit(deadlineMs);
  for (const { name, stop } of resources) {
    // Past the deadline the rest is still asked to stop (a child process would outlive us), only not awaited.
    const end = await Promise.race([settle(stop), deadline.over]);
    if (end.kind === 'late') report.late.push(name);
    else if (end.kind === 'failed') report.failed.push({ name, error: end.error });
    else report.stopped.push(name);
  }
  deadline.clear();
  return report;
}

interface ShutdownOptions {
  /** Default 28 s: within the 30 s that most supervisors grant. */
  readonly deadlineMs?: number;
  readonly exit?: (code: number) => void;
  /** Where the signals come from. */
  readonly signals?: Pick<EventEmitter, 'on' | 'off'>;
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof signalNumbers;

/**
 * The first SIGTERM or SIGINT stops and exits: 0 when all went well, 1 when something failed or was late.
 * The second one exits at once. Returns a function that removes the handlers.
 */
export function onShutdown(stop: () => Promise<void>, options: ShutdownOptions = {}): () => void {
  const { deadlineMs = 28_000, exit = process.exit, signals = process } = options;
  let begun = false;
  const handle = (signal: Signal) => {
    if (begun) return exit(128 + signalNumbers[signal]);
    begun = true;
    void stopWithin(stop, deadlineMs).then(exit);
  };
  signals.on('SIGTERM', handle);
  signals.on('SIGINT', handle);
  signals.on('SIGHUP', handle);
  return () => {
    signals.off('SIGTERM', handle);
    signals.off('SIGINT', handle);
    signals.off('SIGHUP', handle);
  };
}

async function stopWithin(stop: Stop, deadlineMs: number): Promise<number> {
  const deadline = timeLimit(deadlineMs);
  const end = await Promise.race([settle(stop), deadline.over]);
  deadline.clear();
  return end.kind === 'stopped' ? 0 : 1;
}

type End = { kind: 'stopped' } | { kind: 'failed'; error: unknown } | { kind: 'late' };

async function settle(stop: Stop): Promise<End> {
  try {
    await stop();
    return { kind: 'stopped' };
  } catch (error) {
    return { kind: 'failed', error };
  }
}

function timeLimit(ms: number): { over: Promise<End>; clear: () => void } {
  const { promise, resolve } = resolvable<End>();
  const timer = setTimeout(() => resolve({ kind: 'late' }), ms);
  return { over: promise, clear: () => clearTimeout(timer) };
}

function resolvable<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settleWith) => {
    resolve = settleWith;
  });
  return { promise, resolve };
}
