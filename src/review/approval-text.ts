// What people read about acts that take two people: that one was asked for, and why one cannot be asked for or approved.
import type { Approval } from '../domain/approval.ts';
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';
import { won } from '../policies/amounts.ts';
import { seoulMinute } from '../policies/seoul-time.ts';
import type { ApprovalRefusal } from './ports.ts';

export function askedText({ until }: Pick<Approval, 'until'>): Text {
  const time = seoulMinute(until);
  return {
    ko: `다른 사람의 승인이 필요해 요청해 두었어요. 아직 아무것도 처리되지 않았고, ${time}(한국 시간)까지 승인할 수 있어요.`,
    en: `It takes another person's approval, which was asked for. Nothing was done yet; it can be approved until ${time} (Korean time).`,
  };
}

export const noSuchApproval: Text = {
  ko: '이 승인 요청을 찾을 수 없어요.',
  en: 'There is no such request for an approval.',
};

export function approvalRefusalText(refusal: ApprovalRefusal): Text {
  switch (refusal.rule) {
    case 'approval': {
      const { ko, en } = won(refusal.thresholdWon);
      return {
        ko: `${ko}을 넘는 건은 두 사람이 결정해요. 한 건씩 승인을 요청해 주세요.`,
        en: `It is about more than ${en}, which two people decide. Ask for it case by case.`,
      };
    }
    case 'approval_login': {
      const { ko, en } = won(refusal.thresholdWon);
      return {
        ko: `${ko}을 넘는 처리는 두 사람이 결정해요. 명령으로 요청하려면 그 운영자의 비밀번호가 필요해요.`,
        en: `More than ${en} is decided by two people. To ask with a command, the password of that operator is needed.`,
      };
    }
    case 'no_second_person': {
      const { ko, en } = won(refusal.thresholdWon);
      return {
        ko: `${ko}을 넘는 처리는 두 운영자가 결정해요. 한 사람이 요청하고, 승인자 역할을 가진 다른 사람이 승인해요. 지금 이름으로는 요청할 수 없거나 승인할 다른 사람이 없어요. 서버 관리자에게 알려 주세요.`,
        en: `More than ${en} is decided by two operators: one asks, and another one with the role approver approves. This name may not ask, or nobody else may approve. Tell the people who run the server.`,
      };
    }
    case 'approval_open':
      return {
        ko: `이 건은 ${refusal.who} 님이 이미 승인을 요청했어요(${seoulMinute(refusal.at)}). 승인하거나 돌려보낸 뒤에 다시 할 수 있어요.`,
        en: `${refusal.who} asked for an approval of this case already (${seoulMinute(refusal.at)}, Korean time). It can be acted on once that is approved or sent back.`,
      };
    case 'own_approval':
      return {
        ko: '자기가 요청한 것은 스스로 승인하거나 돌려보낼 수 없어요. 다른 승인자에게 부탁해 주세요.',
        en: 'Nobody approves or sends back what they asked for themselves. Ask another approver.',
      };
    case 'not_approver':
      return {
        ko: '승인자 역할을 가진 운영자만 할 수 있어요.',
        en: 'Only an operator with the role approver may do this.',
      };
    case 'approval_gone':
      return {
        ko: '이미 처리했거나 돌려보낸 요청이에요. 아무것도 바뀌지 않았어요.',
        en: 'It was approved or sent back already. Nothing was done.',
      };
    case 'approval_changed':
      return {
        ko: '요청한 뒤에 보낼 금액이 달라졌어요. 돌려보내고 다시 요청해 주세요.',
        en: 'What would be sent is another amount than when it was asked for. Send it back, and ask again.',
      };
    case 'approval_over': {
      const time = seoulMinute(refusal.until);
      return {
        ko: `요청한 지 하루가 지나 승인할 수 없어요(${time}까지였어요). 필요하면 다시 요청해 주세요.`,
        en: `It could be approved for a day, until ${time} (Korean time). Ask again if it is still wanted.`,
      };
    }
    default:
      return assertNever(refusal);
  }
}
