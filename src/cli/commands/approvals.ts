// `dead-letters approvals`: what waits for a second person. They approve at the desk or over HTTP, with a login of their own.
import { defineCommand } from '../command.ts';
import { json } from '../options.ts';
import { withSystem } from '../settings.ts';

export const approvals = defineCommand({
  name: 'approvals',
  description: {
    en: 'List the acts that wait for another person’s approval.',
    ko: '다른 사람의 승인을 기다리는 처리를 보여줘요.',
  },
  options: { json },
  examples: ['dead-letters approvals'],
  notes: [
    {
      en: 'Approving takes a login of one’s own: at the desk, or POST /v1/approvals/ID/approve.',
      ko: '승인은 본인 로그인으로 해요: 환불 데스크 또는 POST /v1/approvals/ID/approve.',
    },
  ],
  async run(io, { json: asJson }) {
    const { keptApprovalView } = await import('../../review/approval-view.ts');
    const { approvalText } = await import('../print/approval.ts');
    return withSystem(io, async (system) => {
      const items = (await system.approvals.list()).map(keptApprovalView);
      for (const item of items) await io.out(asJson ? JSON.stringify(item) : approvalText(io, item));
      if (items.length === 0) io.note('Nothing is waiting for approval. (승인을 기다리는 요청이 없어요.)');
      return 0;
    });
  },
});
