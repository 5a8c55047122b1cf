// The result of a replay or a resolve, as text or as JSON: done, or refused and why.
import { assertNever } from '../../domain/errors.ts';
import type { RefundId } from '../../domain/ids.ts';
import { askedText } from '../../review/approval-text.ts';
import { approvalView } from '../../review/approval-view.ts';
import { movedText, refusalText } from '../../review/case-text.ts';
import type { ReviewResult } from '../../review/ports.ts';
import { isoOrNull, listedView, refusalView } from '../../review/record-view.ts';
import type { ExitCode } from '../command.ts';
import type { Io } from '../io.ts';
import { noteNotFound, notePurged } from './record.ts';
import { anyStateText } from './words.ts';

/** Done: 0 and, as JSON, the record's summary; asked for: 0 and the approval. Everything else: 1. */
export async function printReviewResult(
  io: Io,
  result: ReviewResult,
  { id, json: asJson }: { readonly id: RefundId; readonly json: boolean },
): Promise<ExitCode> {
  if (asJson) await io.out(JSON.stringify(viewOf(id, result)));
  switch (result.kind) {
    case 'done':
    case 'closed_unreadable': {
      const { refund } = result;
      const state = anyStateText(refund.state, io.colors);
      if (!asJson) await io.out(`${id} ${state} (version ${refund.version})`);
      return 0;
    }
    case 'asked': {
      const { ko, en } = askedText(result.approval);
      if (!asJson) await io.out(`${id}: ${result.approval.id}`);
      io.note(`${ko}\n${en}`);
      return 0;
    }
    case 'not_found':
      return noteNotFound(io, id);
    case 'purged':
      return notePurged(io, id, result.state);
    case 'moved': {
      const { ko, en } = movedText(result);
      io.note(`${id} (version ${result.version}): ${ko}\n${en}`);
      return 1;
    }
    case 'refused': {
      const { ko, en } = refusalText(result);
      io.note(`${ko}\n${en}`);
      return 1;
    }
    default:
      return assertNever(result);
  }
}

function viewOf(id: RefundId, result: ReviewResult) {
  switch (result.kind) {
    case 'done':
    case 'closed_unreadable':
      return { result: 'done', ...listedView(result.refund) };
    case 'asked':
      return { result: 'needs_approval', ...approvalView(result.approval) };
    case 'moved':
      return { result: 'moved', refund_id: id, ...result, kind: undefined, at: isoOrNull(result.at) };
    case 'refused':
      return { result: 'refused', refund_id: id, ...refusalView(result), text: refusalText(result) };
    case 'not_found':
      return { result: 'not_found', refund_id: id };
    case 'purged':
      return { result: 'forgotten', refund_id: id, state: result.state };
    default:
      return assertNever(result);
  }
}
