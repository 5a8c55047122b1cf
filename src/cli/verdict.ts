// How a person's action on a case ended, said to that person or to a program: done, or refused and why.

import { assertNever } from '../domain/errors.ts';
import type { RefundId } from '../domain/ids.ts';
import type { ReviewResult } from '../review/ports.ts';
import { listedView } from '../review/record-view.ts';
import type { ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { anyStateText, momentText } from './print/words.ts';
import { notePurged, notFound } from './show-refund.ts';

export interface Verdict {
  readonly id: RefundId;
  readonly reviewed: ReviewResult;
  readonly json: boolean;
}

/** Done: 0 and, as JSON, the record's summary. Everything else: 1. */
export async function sayVerdict(io: Io, { id, reviewed, json }: Verdict): Promise<ExitCode> {
  if (json) await io.out(JSON.stringify(asJson(id, reviewed)));
  switch (reviewed.kind) {
    case 'done':
    case 'closed_unreadable': {
      const { refund } = reviewed;
      const state = anyStateText(refund.state, io.colors);
      if (!json) await io.out(`${id} ${state} (version ${refund.version})`);
      return 0;
    }
    case 'not_found':
      return notFound(io, id);
    case 'forgotten':
      return notePurged(io, id, reviewed.state);
    case 'moved': {
      const { state, version, by, at } = reviewed;
      io.note(
        `${id} is ${state}, version ${version}, since ${by ?? '?'} changed it at ${momentText(at)}. Nothing was done. (${by ?? '?'} 님이 먼저 처리했어요. 아무것도 바뀌지 않았어요.)`,
      );
      return 1;
    }
    case 'refused':
    case 'no_look_up':
      io.note(`${reviewed.text.ko}\n${reviewed.text.en}`);
      return 1;
    default:
      return assertNever(reviewed);
  }
}

function asJson(id: RefundId, reviewed: ReviewResult) {
  const time = (at: number | null | undefined) => (at == null ? null : new Date(at).toISOString());
  switch (reviewed.kind) {
    case 'done':
    case 'closed_unreadable':
      return { result: 'done', ...listedView(reviewed.refund) };
    case 'moved':
      return { result: 'moved', refund_id: id, ...reviewed, kind: undefined, at: time(reviewed.at) };
    case 'refused': {
      const { rule, text, notBefore, field = null } = reviewed;
      return { result: 'refused', refund_id: id, rule, field, text, not_before: time(notBefore) };
    }
    case 'no_look_up':
      return {
        result: 'refused',
        refund_id: id,
        rule: 'no_look_up',
        field: null,
        text: reviewed.text,
        not_before: null,
      };
    case 'not_found':
      return { result: 'not_found', refund_id: id };
    case 'forgotten':
      return { result: 'forgotten', refund_id: id, state: reviewed.state };
    default:
      return assertNever(reviewed);
  }
}
