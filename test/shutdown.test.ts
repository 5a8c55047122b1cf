// How a process ends.
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLifecycle, onShutdown } from '../src/shutdown.ts';

const never = () => new Promise<void>(() => undefined);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a lifecycle', () => {
  test('stops what was added last first, one after the other', async () => {
    const order: string[] = [];
    const lifecycle = createLifecycle();
    for (const name of ['redis', 'worker', 'server']) {
      lifecycle.add(name, async () => {
        order.push(`${name} begins`);
        await Promise.resolve();
        order.push(`${name} ends`);
      });
    }
    const report = await lifecycle.stopAll(1000);
    expect(order).toEqual([
      'server begins',
      'server ends',
      'worker begins',
      'worker ends',
      'redis begins',
      'redis ends',
    ]);
    expect(report).toEqual({ stopped: ['server', 'worker', 'redis'], failed: [], late: [] });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('goes on when one of them fails', async () => {
    const lifecycle = createLifecycle();
    const error = new Error('broken');
    const stopRedis = vi.fn();
    lifecycle.add('redis', stopRedis);
    lifecycle.add('worker', () => Promise.reject(error));
    expect(await lifecycle.stopAll(1000)).toEqual({
      stopped: ['redis'],
      failed: [{ name: 'worker', error }],
      late: [],
    });
    expect(stopRedis).toHaveBeenCalledOnce();
  });

  test('past the deadline still asks the rest to stop, and waits for nobody', async () => {
    const lifecycle = createLifecycle();
    const stopRedis = vi.fn(never);
    lifecycle.add('redis', stopRedis);
    lifecycle.add('worker', never);
    const stopped = lifecycle.stopAll(1000);
    await vi.advanceTimersByTimeAsync(999);
    expect(stopRedis).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await stopped).toEqual({ stopped: [], failed: [], late: ['worker', 'redis'] });
    expect(stopRedis).toHaveBeenCalledOnce();
  });

  test('stops everything once, however often it is asked, and what is added later at once', async () => {
    const lifecycle = createLifecycle();
    const stopWorker = vi.fn();
    const stopLatecomer = vi.fn();
    lifecycle.add('worker', stopWorker);
    await Promise.all([lifecycle.stopAll(1000), lifecycle.stopAll(1000)]);
    lifecycle.add('latecomer', stopLatecomer);
    expect(stopWorker).toHaveBeenCalledOnce();
    expect(stopLatecomer).toHaveBeenCalledOnce();
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'])('%s stops and exits with 0', async (signal) => {
    const signals = new EventEmitter();
    const exit = vi.fn();
    const stop = vi.fn(async () => undefined);
    onShutdown(stop, { exit, signals });
    signals.emit(signal, signal);
    await vi.advanceTimersByTimeAsync(0);
    expect(stop).toHaveBeenCalledOnce();
    expect(exit.mock.calls).toEqual([[0]]);
  });

  test('exits with 1 when the stop fails', async () => {
    const signals = new EventEmitter();
    const exit = vi.fn();
    onShutdown(() => Promise.reject(new Error('broken')), { exit, signals });
    signals.emit('SIGTERM', 'SIGTERM');
    await vi.advanceTimersByTimeAsync(0);
    expect(exit.mock.calls).toEqual([[1]]);
  });

  test('exits with 1 at the deadline, within the 30 s of a supervisor', async () => {
    const signals = new EventEmitter();
    const exit = vi.fn();
    onShutdown(never, { exit, signals });
    signals.emit('SIGTERM', 'SIGTERM');
    await vi.advanceTimersByTimeAsync(27_999);
    expect(exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(exit.mock.calls).toEqual([[1]]);
  });

  test('that comes a second time exits at once', async () => {
    const signals = new EventEmitter();
    const exit = vi.fn();
    const stop = vi.fn(never);
    onShutdown(stop, { exit, signals });
    signals.emit('SIGTERM', 'SIGTERM');
    signals.emit('SIGINT', 'SIGINT');
    expect(exit.mock.calls).toEqual([[130]]);
    expect(stop).toHaveBeenCalledOnce();
  });

  test('is nobody else’s business after the handlers are off', () => {
    const signals = new EventEmitter();
    const off = onShutdown(never, { exit: vi.fn(), signals });
    off();
    expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0);
  });
});
