import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Timers } from '../../simulator/timers.ts';

describe('the timers of the simulator', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are all gone after clear, latency and late money included', async () => {
    const timers = new Timers(Date.now);
    const happened: string[] = [];
    timers.after(60_000, () => happened.push('late money'));
    void timers.wait(60_000).then(() => happened.push('latency'));
    expect(vi.getTimerCount()).toBe(2);
    timers.clear();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(120_000);
    timers.runDue();
    expect(happened).toEqual([]);
  });

  it('wait for a clock that stands still, and do not run before it', async () => {
    const clock = { ms: 0 };
    const timers = new Timers(() => clock.ms);
    const happened: string[] = [];
    timers.after(10, () => happened.push('late money'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(happened).toEqual([]);
    clock.ms = 10;
    await vi.advanceTimersByTimeAsync(10);
    expect(happened).toEqual(['late money']);
  });

  it('run in the order of their times after the clock was moved, each once', () => {
    const clock = { ms: 0 };
    const timers = new Timers(() => clock.ms);
    const happened: number[] = [];
    for (const delayMs of [30, 10, 20, 50]) timers.after(delayMs, () => happened.push(delayMs));
    clock.ms = 30;
    timers.runDue();
    timers.runDue();
    expect(happened).toEqual([10, 20, 30]);
    timers.clear();
  });

  it('do what is due at once at once', () => {
    const happened: string[] = [];
    new Timers(Date.now).after(0, () => happened.push('money'));
    expect(happened).toEqual(['money']);
  });
});
