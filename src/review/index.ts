// Reviewing cases: list, replay, resolve, many at once. What the server and the command line call.
import { listCases } from './cases.ts';
import { groupCases } from './group.ts';
import type { DeadLetters, ReviewDeps } from './ports.ts';
import { replay } from './replay.ts';
import { replayMany } from './replay-many.ts';
import { resolve } from './resolve.ts';

export function createDeadLetters(deps: ReviewDeps): DeadLetters {
  return {
    list: (query) => listCases(deps, query),
    group: (query) => groupCases(deps, query),
    replay: (id, request) => replay(deps, id, request),
    resolve: (id, request) => resolve(deps, id, request),
    replayMany: (request, signal) => replayMany(deps, request, signal),
  };
}
