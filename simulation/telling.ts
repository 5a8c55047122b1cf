// Short words for what happened, for the transcript.
import type { CancelReply, LookUpReply } from '../src/domain/reply.ts';
import type { CommitResult } from '../src/domain/transition.ts';
import type { JobResult } from '../src/worker/write.ts';

export function tellReply(reply: CancelReply): string {
  switch (reply.kind) {
    case 'accepted':
      return `accepted, total ${reply.body.cancelledWon ?? '?'}`;
    case 'refused':
      return `refused ${reply.code}${reply.pgCode === null ? '' : ` ${reply.pgCode}`}`;
    default:
      return reply.kind;
  }
}

export function tellTotals(reply: LookUpReply): string {
  if (reply.kind !== 'accepted') return tellReply({ ...reply });
  return `${reply.body.cancelledWon} of ${reply.body.priceWon} cancelled`;
}

export function tellCommit(answer: CommitResult): string {
  switch (answer.kind) {
    case 'done':
      return answer.nextWaiter === null ? 'done' : `done, next ${answer.nextWaiter}`;
    case 'moved':
      return `moved on to v${answer.version} ${answer.state}`;
    case 'disturbed':
      return 'the receipt has moved on';
    case 'lane_held':
      return `lane held by ${answer.by}`;
  }
}

export function tellEnded(ended: JobResult, startAt: number): string {
  if (ended.kind === 'delayed') return `comes back at +${Math.round((ended.until - startAt) / 1000)} s`;
  return ended.kind === 'unreadable_job' ? `unreadable job: ${ended.why}` : ended.kind;
}
