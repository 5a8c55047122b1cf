// Loaded before a child: its host's wall clock is off by HOST_SHIFT_MS, and by another amount once the test sends
// `{ shiftMs }`. The monotonic clock and timers stay as they are, as when NTP or a person sets a clock.
let shiftMs = Number(process.env['HOST_SHIFT_MS'] ?? 0);

const RealDate = Date;

class ShiftedDate extends RealDate {
  constructor(...given: [] | [string | number | Date]) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...(given as [string]));
  }
  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

process.on('message', (told) => {
  if (typeof told !== 'object' || told === null || !('shiftMs' in told)) return;
  shiftMs = Number(told.shiftMs);
  process.send?.('shifted');
});
