// The words that every page shares: names of pages, roles, states and buttons.
import type { OperatorRole } from '../../domain/people.ts';
import type { Text } from '../../domain/problem.ts';

export const deskName: Text = { ko: '환불 데스크', en: 'Refund desk' };

export const pageNames = {
  today: { ko: '오늘', en: 'Today' },
  cases: { ko: '검토', en: 'Review' },
  search: { ko: '환불 찾기', en: 'Find a refund' },
  bulk: { ko: '한꺼번에', en: 'Many at once' },
  upload: { ko: '표 올리기', en: 'Upload' },
  books: { ko: '환불 장부', en: 'Refund book' },
  approvals: { ko: '승인', en: 'Approvals' },
  log: { ko: '기록', en: 'Log' },
  help: { ko: '도움말', en: 'Help' },
  signIn: { ko: '로그인', en: 'Sign in' },
} as const satisfies Record<string, Text>;

export const roleNames: Readonly<Record<OperatorRole, Text>> = {
  viewer: { ko: '조회자', en: 'viewer' },
  reviewer: { ko: '검토자', en: 'reviewer' },
  approver: { ko: '승인자', en: 'approver' },
};

export const common = {
  signOut: { ko: '나가기', en: 'Sign out' },
  signOutEverywhere: { ko: '모든 곳에서 나가기', en: 'Sign out everywhere' },
  toContent: { ko: '본문으로 건너뛰기', en: 'Skip to the content' },
  navigation: { ko: '데스크', en: 'Desk' },
  account: { ko: '계정과 언어', en: 'Account and language' },
  footer: {
    ko: '시각은 모두 한국 표준시예요. 화면의 금액은 원장과 부트페이 조회를 그대로 보여줘요.',
    en: 'All times are Korean time. Amounts are those of the ledger and of the look-ups at Bootpay.',
  },
  isLocal: {
    ko: '운영자가 설정되지 않은 이 컴퓨터 전용 화면이에요. 로그인 없이 ‘local’ 이름으로 남아요.',
    en: 'No operators are configured: this desk is for this computer only, and everybody is “local”.',
  },
  unknown: { ko: '알 수 없음', en: 'not known' },
  copied: { ko: '복사했어요', en: 'Copied' },
  copy: { ko: '복사', en: 'Copy' },
} as const satisfies Record<string, Text>;

export const way = {
  open: { ko: '전송 열림', en: 'Sending' },
  held: { ko: '전송 멈춤', en: 'Held' },
  stands: { ko: '전송 안 됨', en: 'Not sending' },
} as const satisfies Record<string, Text>;

export const signIn = {
  lead: { ko: '이름과 비밀번호로 로그인해 주세요.', en: 'Sign in with your name and password.' },
  name: { ko: '이름', en: 'Name' },
  password: { ko: '비밀번호', en: 'Password' },
  enter: { ko: '들어가기', en: 'Sign in' },
  wrong: {
    ko: '이름과 비밀번호가 맞지 않아요. 다시 확인해 주세요.',
    en: 'This name and password do not match. Please check both.',
  },
  kept: {
    ko: '오래 쉬어서 로그인이 끝났어요. 아직 아무것도 하지 않았고, 다시 들어오면 입력한 내용이 그대로 있어요. 계좌만 다시 적어요.',
    en: 'Your session was over, and nothing was done. Sign in, and what you typed is there again, but for an account.',
  },
  slowed: {
    ko: '로그인 실패가 이어져 잠시 기다려야 해요. 계정이 잠기지는 않아요.',
    en: 'Several sign-ins failed, so please wait a moment. Nothing is locked.',
  },
  nobody: {
    ko: '운영자가 아직 없어요. 서버 관리자에게 문의해 주세요.',
    en: 'No operators are configured yet. Please ask whoever runs the server.',
  },
} as const satisfies Record<string, Text>;

export const troubles = {
  notFound: {
    title: { ko: '찾을 수 없어요', en: 'Not found' },
    text: { ko: '이 주소에는 아무것도 없어요.', en: 'There is nothing under this address.' },
  },
  notAllowed: {
    title: { ko: '할 수 없는 일이에요', en: 'Not allowed' },
    text: { ko: '이 역할로는 할 수 없어요.', en: 'Your role does not allow this.' },
  },
  stale: {
    title: { ko: '화면이 오래됐어요', en: 'This page is too old' },
    text: {
      ko: '아직 아무것도 하지 않았어요. 페이지를 새로 열고 다시 해 주세요.',
      en: 'Nothing was done. Open the page again and repeat it.',
    },
  },
  tooLarge: {
    title: { ko: '파일이 너무 커요', en: 'The file is too large' },
    text: {
      ko: '파일 하나, 2MB까지 올릴 수 있어요. 나누어 올려 주세요. 보낸 것은 없어요.',
      en: 'One file of 2 MB at most can be uploaded. Upload it in parts; nothing was sent.',
    },
  },
  redisAway: {
    title: { ko: '저장소가 응답하지 않아요', en: 'The store does not answer' },
    text: {
      ko: '방금 버튼을 눌렀다면 처리됐는지 아직 알 수 없어요. 다시 누르거나 직접 환불하지 말고, 잠시 뒤 그 환불을 열어 확인해 주세요. 환불 기록은 그대로 있어요.',
      en: 'If you pressed a button just now, it is not known whether it was done. Do not press again and do not refund by hand; open the refund in a moment and look. The records are safe.',
    },
  },
  failed: {
    title: { ko: '문제가 생겼어요', en: 'Something went wrong' },
    text: {
      ko: '방금 버튼을 눌렀다면 처리됐을 수 있으니, 다시 누르거나 직접 환불하기 전에 그 환불을 열어 확인해 주세요. 개발팀에도 알려 주세요. 원인은 로그에 있어요.',
      en: 'If you pressed a button just now, it may have been done: open the refund and look before you press again or refund by hand. Please tell the developers, too; the log names the cause.',
    },
  },
} as const satisfies Record<string, { title: Text; text: Text }>;
