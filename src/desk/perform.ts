// The one way from a form of the desk to an act on a case.
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { ReplayRequest, ResolveRequest, ReviewResult } from '../review/ports.ts';

export type CaseAct =
  | { readonly kind: 'replay'; readonly id: RefundId; readonly request: ReplayRequest }
  | { readonly kind: 'resolve'; readonly id: RefundId; readonly request: ResolveRequest };

export async function perform(
  { deadLetters }: Pick<System, 'deadLetters'>,
  act: CaseAct,
): Promise<ReviewResult> {
  switch (act.kind) {
    case 'replay':
      return deadLetters.replay(act.id, act.request);
    case 'resolve':
      return deadLetters.resolve(act.id, act.request);
    default:
      return assertNever(act);
  }
}
