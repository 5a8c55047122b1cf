// Approvals: what waits for a second person, who asked for what, and the two answers to it.
import { z } from 'zod';
import type { System } from '../../compose.ts';
import { partsOfApprovalId } from '../../domain/approval.ts';
import type { Text } from '../../domain/problem.ts';
import { noSuchApproval } from '../../review/approval-text.ts';
import type { KeptApproval, SendBackResult } from '../../review/approvals.ts';
import { movedText } from '../../review/case-text.ts';
import { ApprovalCard } from '../parts/approval-cards.tsx';
import { Card } from '../parts/card.tsx';
import { Layout } from '../parts/layout.tsx';
import type { Page } from '../routes.tsx';
import { sendPage } from '../show.ts';
import { type Proof, proofOf } from '../step-up.ts';
import type { Visit } from '../visit.ts';
import { approvalsTitle, notApprovedText, approvals as words } from '../words/approvals.ts';
import { stepUp } from '../words/step-up.ts';

const idShape = z.object({ id: z.string().max(80).catch('') });
const reasonShape = z.object({ reason: z.string().trim().max(1000).catch('') });

export function approvalRoutes({ page, act }: { page: Page; act: Page }, { approvals }: System): void {
  const show = async (visit: Visit, alert: Text | null = null) => (
    <ApprovalsPage visit={visit} kept={await approvals.list()} alert={alert} />
  );
  page('/review/approvals', (visit) => show(visit));

  act(
    '/review/approvals/:id/approve',
    async (visit, request, reply) => {
      const { id } = idShape.parse(request.params);
      const proof = await proofOf(visit, request.body);
      if (proof !== 'given') return sendPage(reply, await show(visit, proofText(proof)), 422);
      const by = { who: visit.person.name, via: 'desk' } as const;
      const { status, alert, to } = outcomeOf(await approvals.approve(id, by), id);
      return to === null ? sendPage(reply, await show(visit, alert), status) : reply.redirect(to, 303);
    },
    { what: 'approve' },
  );

  act(
    '/review/approvals/:id/return',
    async (visit, request, reply) => {
      const { id } = idShape.parse(request.params);
      const { reason } = reasonShape.parse(request.body ?? {});
      if (reason === '') return sendPage(reply, await show(visit, words.reasonWrong), 422);
      const by = { who: visit.person.name, via: 'desk' } as const;
      const { status, alert, to } = outcomeOf(await approvals.sendBack(id, by, reason), id);
      return to === null ? sendPage(reply, await show(visit, alert), status) : reply.redirect(to, 303);
    },
    { what: 'send_back' },
  );
}

function proofText(proof: Exclude<Proof, 'given'>): Text {
  return stepUp[proof];
}

interface Outcome {
  readonly status: number;
  readonly alert: Text | null;
  /** null: the page of approvals, with the alert. */
  readonly to: string | null;
}

function outcomeOf(result: SendBackResult, id: string): Outcome {
  const to = `/review/cases/${partsOfApprovalId(id)?.refundId ?? ''}`;
  switch (result.kind) {
    case 'done':
    case 'closed_unreadable':
    case 'asked':
    case 'purged':
      return { status: 303, alert: null, to };
    case 'sent_back':
      return { status: 303, alert: null, to: '/review/approvals' };
    case 'not_found':
      return { status: 404, alert: noSuchApproval, to: null };
    case 'moved':
      return { status: 409, alert: movedText(result), to: null };
    case 'refused':
      return { status: result.rule === 'not_approver' ? 403 : 422, alert: notApprovedText(result), to: null };
  }
}

function ApprovalsPage({
  visit,
  kept,
  alert,
}: {
  visit: Visit;
  kept: readonly KeptApproval[];
  alert: Text | null;
}) {
  const { say } = visit;
  const open = kept.filter(({ standing }) => standing.kind === 'open');
  const earlier = kept.filter(({ standing }) => standing.kind !== 'open');
  return (
    <Layout visit={visit} title={approvalsTitle(open.length)} here="approvals">
      <h1>{say(approvalsTitle(open.length))}</h1>
      {alert !== null && (
        <Card tone="warn">
          <p role="alert">{say(alert)}</p>
        </Card>
      )}
      <p>{say(words.lead)}</p>
      {open.map((one) => (
        <ApprovalCard key={one.approval.id} kept={one} visit={visit} />
      ))}
      {earlier.length > 0 && (
        <details>
          <summary>
            {say(words.earlier)} {earlier.length}
          </summary>
          {earlier.map((one) => (
            <ApprovalCard key={one.approval.id} kept={one} visit={visit} />
          ))}
        </details>
      )}
    </Layout>
  );
}
