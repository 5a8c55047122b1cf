// A refund beside which people keep nothing.
import type { Beside } from '../../src/domain/beside.ts';

export const nothingBeside: Beside = { notes: [], assigned: null, watching: [] };
