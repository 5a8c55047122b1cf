// What the log says: who did what, by which way, and what came of it.
import type { ActionAnswer, ActionKind, Via } from '../../domain/action.ts';
import type { Text } from '../../domain/problem.ts';
import { won } from '../../policies/amounts.ts';
import { outcomeWords } from '../../policies/state-words.ts';
import type { NoteRule } from '../../review/beside.ts';
import type { WhyNotLooked } from '../../review/look-again.ts';
import type { ReviewRefusal } from '../../review/ports.ts';
import { join, same } from './say.ts';

export const log = {
  title: { ko: '기록: 누가 무엇을 했는지', en: 'Log: who did what' },
  filters: { ko: '거르기', en: 'Filters' },
  who: { ko: '누가', en: 'Who' },
  about: { ko: '주문 번호 또는 환불 번호', en: 'Order or refund number' },
  from: { ko: '이 날부터', en: 'From' },
  to: { ko: '이 날까지', en: 'To' },
  find: { ko: '찾기', en: 'Find' },
  clear: { ko: '조건 모두 지우기', en: 'Clear all filters' },
  when: { ko: '언제', en: 'When' },
  what: { ko: '무엇을', en: 'What' },
  why: { ko: '이유', en: 'Why' },
  result: { ko: '결과', en: 'Result' },
  none: { ko: '아직 남은 기록이 없어요.', en: 'Nothing has been recorded yet.' },
  noneFits: { ko: '이 조건에 맞는 기록이 없어요.', en: 'Nothing fits these filters.' },
  first: { ko: '처음으로', en: 'Newest' },
  noneSoFar: {
    ko: '최근 기록에는 이 조건에 맞는 것이 없어요.',
    en: 'Nothing among the latest entries fits these filters.',
  },
  older: { ko: '더 오래된 기록 보기', en: 'Look at older entries' },
  pages: { ko: '쪽', en: 'Pages' },
  file: { ko: '이 조건 그대로 CSV 받기', en: 'Get these as CSV' },
  at: { ko: '시각', en: 'Time' },
  via: { ko: '어디서', en: 'Via' },
  refundId: { ko: '환불번호', en: 'Refund' },
  orderId: { ko: '주문번호', en: 'Order' },
  before: { ko: '이전', en: 'Before' },
  afterwards: { ko: '이후', en: 'After' },
  changed: { ko: '바꾼 것', en: 'Changed' },
  bulkId: { ko: '한꺼번에 한 일의 번호', en: 'Bulk' },
  ruleName: { ko: '하지 못한 까닭', en: 'Why not' },
  unknownName: { ko: '모르는 이름', en: 'an unknown name' },
} as const satisfies Record<string, Text>;

const kinds: Readonly<Record<ActionKind, Text>> = {
  replay: { ko: '다시 시도', en: 'Tried again' },
  resolve: { ko: '종결', en: 'Closed' },
  bulk_start: { ko: '한꺼번에 다시 시도', en: 'Tried many again' },
  bulk_stop: { ko: '한꺼번에 하던 일 멈춤', en: 'Stopped trying many again' },
  lane_hold: { ko: '전송 멈춤', en: 'Held the sending' },
  lane_resume: { ko: '전송 다시 열기', en: 'Resumed the sending' },
  lane: { ko: '전송 멈춤 또는 다시 열기', en: 'Held or resumed the sending' },
  events_resend: { ko: '알림 다시 보내기', en: 'Sent notices again' },
  look_again: { ko: '다시 조회', en: 'Looked again' },
  sheet_send: { ko: '표로 취소 보내기', en: 'Sent cancellations of a spreadsheet' },
  note: { ko: '메모', en: 'Wrote a note' },
  hand_over: { ko: '담당 넘기기', en: 'Handed over' },
  watch: { ko: '내가 볼게요', en: 'Looked at a case' },
  ask_approval: { ko: '승인 요청', en: 'Asked for approval' },
  approve: { ko: '승인', en: 'Approved' },
  send_back: { ko: '돌려보내기', en: 'Sent back' },
  sign_in: { ko: '로그인', en: 'Signed in' },
  sign_out: { ko: '나가기', en: 'Signed out' },
};

const answers: Readonly<Record<ActionAnswer, Text>> = {
  done: { ko: '완료', en: 'done' },
  unchanged: { ko: '이미 되어 있었어요', en: 'it was so already' },
  refused: { ko: '하지 못했어요', en: 'not done' },
  moved: { ko: '그사이 상태가 바뀌었어요', en: 'it had changed meanwhile' },
  not_found: { ko: '찾지 못했어요', en: 'not found' },
};

const ways: Readonly<Record<Via, Text>> = {
  desk: { ko: '데스크', en: 'desk' },
  http: { ko: 'API', en: 'API' },
  cli: { ko: '명령', en: 'command' },
};

/** Why a rule refused, in short; the case itself says it in full. */
const rules: Readonly<
  Record<ReviewRefusal['rule'] | NoteRule | WhyNotLooked | 'wrong_password' | 'role', Text>
> = {
  role: { ko: '조회자는 할 수 없는 일이에요', en: 'a viewer may not do this' },
  settle_window: { ko: '앞 요청의 결과를 더 기다려야 해요', en: 'an earlier cancel may still go through' },
  landed: { ko: '이미 환불된 것으로 보여요', en: 'the money went back already' },
  growth: { ko: '첫 시도 뒤에 환불된 금액이 보여요', en: 'money went back since the first try' },
  newer_version: { ko: '새 버전의 기록이에요', en: 'a newer version wrote the record' },
  over_remaining: { ko: '남은 금액보다 많아요', en: 'more than is left' },
  tax_free_over: { ko: '면세 금액이 너무 많아요', en: 'too much tax-free' },
  new_generation: { ko: '새 취소 번호를 쓸 수 없어요', en: 'no new cancel number is allowed' },
  acknowledge: { ko: '“확인했어요”가 필요해요', en: 'it has to be confirmed' },
  unreadable: { ko: '기록을 읽을 수 없어요', en: 'the record cannot be read' },
  no_data_key: { ko: '계좌를 보관할 키가 없어요', en: 'no key to keep an account with' },
  no_look_up: { ko: '부트페이에 조회하지 못했어요', en: 'Bootpay could not be asked' },
  stale_look_up: { ko: '조회가 예전보다 적게 보여요', en: 'the look-up shows less than before' },
  too_soon: { ko: '방금 조회한 결제예요', en: 'it was looked up just before' },
  no_credentials: { ko: '부트페이 키가 없는 서버예요', en: 'this server has no keys for Bootpay' },
  lane_held: { ko: '담당자가 전송을 멈춰 두었어요', en: 'somebody holds the sending' },
  credentials_refused: { ko: '부트페이가 우리 키를 거절해요', en: 'Bootpay refuses our keys' },
  silent: { ko: '부트페이가 응답하지 않는 동안이었어요', en: 'Bootpay did not answer at that time' },
  throttled: { ko: '부트페이가 잠시 멈춰 달라고 했어요', en: 'Bootpay asked for a pause' },
  busy: { ko: '보낼 환불이 많아 차례가 오지 않았어요', en: 'too many refunds were on their way' },
  no_answer: { ko: '부트페이의 답이 오지 않았어요', en: 'no answer came from Bootpay' },
  unusable_answer: { ko: '부트페이의 답을 읽을 수 없었어요', en: 'the answer of Bootpay could not be read' },
  not_there: { ko: '부트페이에 이 결제가 없어요', en: 'Bootpay has no such payment' },
  approval: { ko: '두 사람이 결정하는 금액이에요', en: 'two people decide about so much' },
  approval_login: { ko: '이름을 비밀번호로 확인하지 않았어요', en: 'the name was not proven by a password' },
  no_second_person: { ko: '승인할 다른 사람이 없어요', en: 'nobody else may approve' },
  approval_open: { ko: '이미 승인을 요청한 건이에요', en: 'an approval was asked for already' },
  own_approval: { ko: '자기가 요청한 것이에요', en: 'it was asked for by the same person' },
  not_approver: { ko: '승인자만 할 수 있어요', en: 'only an approver may do this' },
  approval_gone: { ko: '이미 처리했거나 돌려보낸 요청이에요', en: 'it was approved or sent back already' },
  approval_changed: { ko: '보낼 금액이 달라졌어요', en: 'another amount would be sent by now' },
  approval_over: { ko: '요청한 지 하루가 지났어요', en: 'its day had passed' },
  too_many_notes: { ko: '메모가 너무 많아요', en: 'there are too many notes' },
  no_such_person: { ko: '이 이름의 검토자가 없어요', en: 'nobody of this name may decide' },
  wrong_password: { ko: '이름과 비밀번호가 맞지 않아요', en: 'name and password do not match' },
};

const editNames = {
  amount: { ko: '금액', en: 'amount' },
  full: { ko: '남은 돈 모두', en: 'all that is left' },
  tax_free: { ko: '면세 금액', en: 'tax-free' },
  account: { ko: '환불 계좌를 새로 넣음', en: 'another refund account' },
  message: { ko: '사유 문구를 고침', en: 'another message' },
  new_generation: { ko: '새 취소 번호로', en: 'with a new cancel number' },
  acknowledge: { ko: '확인했어요', en: 'confirmed' },
  act: { ko: '할 일', en: 'act' },
  file: { ko: '파일', en: 'file' },
  digest: { ko: '파일 지문', en: 'digest' },
  rows: { ko: '줄 수', en: 'rows' },
  won: { ko: '금액', en: 'amount' },
  everywhere: { ko: '모든 곳에서', en: 'everywhere' },
  to: { ko: '담당', en: 'to' },
} as const satisfies Record<string, Text>;

/** A newer version may have kinds of its own. */
export function kindText(what: string): Text {
  return known(kinds, what) ?? same(what);
}

export function answerText(answer: string): Text {
  return known(answers, answer) ?? same(answer);
}

export function viaText(via: string): Text {
  return known(ways, via) ?? same(via);
}

export function ruleText(rule: string): Text {
  return knownRuleText(rule) ?? same(rule);
}

/** null: no rule of ours. */
export function knownRuleText(rule: string): Text | null {
  return known(rules, rule);
}

/** 금액 30,000원; 확인했어요; 직접 환불했어요. */
export function editText(name: string, value: string | number | boolean): Text {
  if (name === 'act') return kindText(String(value));
  if (name === 'outcome') return known(outcomeWords, String(value)) ?? same(String(value));
  if (name === 'perMinute') return { ko: `1분에 ${value}건`, en: `${value} a minute` };
  const label = known(editNames, name) ?? same(name);
  if (value === true || value === 'replaced') return label;
  const isMoney = typeof value === 'number' && /^(amount|tax_free|minWon|maxWon|won)$/.test(name);
  return join([label, isMoney ? won(value) : same(String(value))]);
}

function known<Name extends string>(table: Readonly<Record<Name, Text>>, name: string): Text | null {
  return Object.hasOwn(table, name) ? table[name as Name] : null;
}
