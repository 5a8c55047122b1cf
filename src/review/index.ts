// Reviewing cases: list, replay, resolve. What the server and the command line call.
import { caseTotals, listCases } from './cases.ts';
import { groupCases } from './group.ts';
import type { DeadLetters, ReviewDeps } from './ports.ts';
import { replay } from './replay.ts';
import { resolve } from './resolve.ts';

export function createDeadLetters(deps: ReviewDeps): DeadLetters {
  return {
    list: (query) => listCases(deps, query),
    totals: (filter) => caseTotals(deps, filter),
    group: (query) => groupCases(deps, query),
    replay: (id, request) => replay(deps, id, request),
    resolve: (id, request) => resolve(deps, id, request),
  };
}
