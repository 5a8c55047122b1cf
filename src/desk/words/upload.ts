// What the pages of uploaded spreadsheets say: what a file has to be, what becomes of each row, and why.
import type { Text } from '../../domain/problem.ts';
import { caseRules } from '../../domain/refund.ts';
import { mostSheetRows, type Sheet, type SheetRow, type SheetVerdict } from '../../domain/sheet.ts';
import { won } from '../../policies/amounts.ts';
import { wordsFor } from '../../policies/case-advice.ts';
import { bootpayNames } from '../../policies/method-policies.ts';
import { columnNames } from '../../policies/sheet-rows.ts';
import { join } from './say.ts';

const most = mostSheetRows.toLocaleString('en-US');

export const upload = {
  title: { ko: '표로 취소 보내기', en: 'Cancellations from a spreadsheet' },
  lead: {
    ko: `엑셀에서 “CSV UTF-8”로 저장한 파일을 올리면 줄마다 보낼 수 있는지 먼저 보여줘요. 올리기만 해서는 아무것도 보내지 않아요. 한 파일에 ${most}줄까지예요.`,
    en: `Upload a file that Excel saved as “CSV UTF-8”: each row is judged first, and nothing is sent by that. A file may have ${most} rows.`,
  },
  columns: {
    ko: '첫 줄에 영수증번호, 주문번호, 금액이 있어야 하고, 면세, 사유, 구분은 있어도 되고 없어도 돼요. 금액 칸이 비어 있으면 남은 금액 전부를 환불해요. 사유는 부트페이에 전달돼요.',
    en: 'The first line names receipt_id, order_id and amount; tax_free, message and key may be there. An empty amount refunds all that is left. The message goes to Bootpay.',
  },
  twice: {
    ko: '같은 줄은 몇 번을 올려도 한 번만 환불해요. 정말 두 번 환불해야 하면 구분 칸에 서로 다른 값을 적어 주세요.',
    en: 'The same row is refunded once, however often it is uploaded. If it is really to be refunded twice, give the rows different keys.',
  },
  template: { ko: '양식 받기', en: 'Get the template' },
  file: { ko: 'CSV 파일', en: 'CSV file' },
  look: { ko: '올려서 확인하기', en: 'Upload and look' },
  noFile: { ko: '파일을 골라 주세요.', en: 'Choose a file.' },
  another: { ko: '다른 파일 올리기', en: 'Upload another file' },
  toSend: { ko: '보낼 줄', en: 'Rows to send' },
  sentRows: { ko: '보내기를 누른 줄', en: 'Rows that were submitted' },
  notSent: { ko: '보내지 않는 줄', en: 'Rows that are not sent' },
  line: { ko: '줄', en: 'Line' },
  payment: { ko: '주문 · 영수증', en: 'Order and receipt' },
  amount: { ko: '금액', en: 'Amount' },
  verdict: { ko: '판정', en: 'Verdict' },
  why: { ko: '왜', en: 'Why' },
  refund: { ko: '환불번호', en: 'Refund' },
  state: { ko: '지금 상태', en: 'State now' },
  all: { ko: '남은 금액 전부', en: 'all that is left' },
  result: { ko: '결과 CSV 받기', en: 'Get the result as CSV' },
  second: {
    ko: '기준 금액을 넘는 줄은 올린 사람이 보낼 수 없어요. 이 페이지의 주소를 다른 승인자에게 보내 주세요. 하루 동안 보낼 수 있어요.',
    en: 'Rows above the threshold are not sent by the one who uploaded them. Give the address of this page to another approver; they can be sent within a day.',
  },
  over: {
    ko: '확인한 지 하루가 지나 남은 줄은 보낼 수 없어요. 파일을 다시 올려 주세요.',
    en: 'The rows that are left were judged more than a day ago and cannot be sent any more. Upload the file again.',
  },
  busy: {
    ko: '누가 방금 보내기를 눌렀어요. 잠시 뒤에 다시 해 주세요.',
    en: 'Somebody is sending a file just now. Try again in a moment.',
  },
  once: {
    ko: '보내기 직전에 줄마다 부트페이에 다시 조회해요.',
    en: 'Each payment is looked up again right before it is sent.',
  },
} as const satisfies Record<string, Text>;

const verdicts: Readonly<Record<SheetVerdict, Text>> = {
  right: { ko: '보낼 수 있어요', en: 'can be sent' },
  two_people: { ko: '다른 승인자가 보내요', en: 'another approver sends it' },
  wrong: { ko: '고쳐야 해요', en: 'to be corrected' },
  duplicate: { ko: '이미 접수됐어요', en: 'accepted before' },
  conflict: { ko: '전에 접수한 것과 달라요', en: 'differs from before' },
  same_row: { ko: '같은 줄이 있어요', en: 'the same as another row' },
  refunded_before: { ko: '이미 같은 환불이 있어요', en: 'there is such a refund' },
  would_be_refused: { ko: '환불할 수 없어요', en: 'cannot be refunded' },
  already_refunded: { ko: '이미 환불됐어요', en: 'refunded already' },
  needs_person: { ko: '담당자가 먼저 볼 결제예요', en: 'a person has to look first' },
};

const sentTexts: Readonly<Record<NonNullable<SheetRow['sent']>, Text>> = {
  accepted: { ko: '접수했어요', en: 'accepted' },
  duplicate: { ko: '이미 접수됐어요', en: 'accepted before' },
  conflict: { ko: '전에 접수한 것과 달라요', en: 'differs from before' },
  refused: { ko: '접수하지 못했어요', en: 'not accepted' },
};

export function verdictText({ verdict, sent }: SheetRow): Text {
  return sent === null ? verdicts[verdict] : sentTexts[sent];
}

/** null: the verdict says all. */
export function whyText(row: SheetRow): Text | null {
  const { verdict, problems, rule, asked } = row;
  if (problems.length > 0) return join(problems.map(problemText), ' / ');
  switch (verdict) {
    case 'duplicate':
      return {
        ko: '이 줄은 전에 보낸 환불이에요. 다시 보내도 돈은 나가지 않아요.',
        en: 'This row is a refund of before. Nothing is paid again.',
      };
    case 'conflict':
      return {
        ko: '같은 결제, 주문, 금액으로 접수한 줄과 면세 금액이 달라요.',
        en: 'A row with this payment, order and amount was accepted with another tax-free amount.',
      };
    case 'refunded_before':
      return {
        ko: '이 결제에 같은 금액의 환불이 이미 있어요. 정말 한 번 더 환불하려면 구분 칸에 값을 적어 주세요.',
        en: 'This payment has a refund of the same amount. If it is to be refunded once more, give the row a key.',
      };
    case 'would_be_refused':
      return reasonText(rule);
    case 'right':
    case 'two_people':
      return asked || row.sent !== null
        ? null
        : { ko: '부트페이에는 아직 묻지 않았어요.', en: 'Bootpay was not asked yet.' };
    default:
      return null;
  }
}

function problemText({ column, text }: SheetRow['problems'][number]): Text {
  if (column === null) return text;
  const { ko, en } = columnNames[column];
  return { ko: `${ko}: ${text.ko}`, en: `${en}: ${text.en}` };
}

function reasonText(name: string | null): Text | null {
  if (name === null) return null;
  const rule = caseRules.find((one) => one === name) ?? null;
  const names: Readonly<Record<string, string>> = bootpayNames;
  const code = rule === null ? name : (names[rule] ?? null);
  const kind = rule === null ? 'bootpay_refused' : 'policy_refused';
  return wordsFor({ case: kind, code, rule, pgCode: null, pg: null }).why;
}

export interface SheetCounts {
  readonly rows: number;
  /** Those that this person may send. */
  readonly mine: number;
  readonly won: number;
  /** Of them, how many are for all that is left, without a look-up. */
  readonly unknown: number;
  readonly sent: number;
}

/** 120줄 가운데 100줄, 1,234,000원을 보낼 수 있어요. */
export function sheetTitle({ rows, mine, won: amount, unknown, sent }: SheetCounts): Text {
  if (mine === 0 && sent > 0)
    return {
      ko: `${count(rows)}줄 가운데 ${count(sent)}줄을 접수했어요`,
      en: `${count(sent)} of ${count(rows)} rows were accepted`,
    };
  if (mine === 0)
    return {
      ko: `${count(rows)}줄 가운데 보낼 수 있는 줄이 없어요`,
      en: `None of the ${count(rows)} rows can be sent by you`,
    };
  const sum = sumText(amount, unknown);
  return {
    ko: `${count(rows)}줄 가운데 ${count(mine)}줄, ${sum.ko}을 보낼 수 있어요`,
    en: `${count(mine)} of ${count(rows)} rows, ${sum.en}, can be sent`,
  };
}

export function sendText({ mine, won: amount, unknown }: SheetCounts): Text {
  const sum = sumText(amount, unknown);
  return { ko: `${count(mine)}줄, ${sum.ko} 환불 보내기`, en: `Send ${count(mine)} refunds, ${sum.en}` };
}

function sumText(amount: number, unknown: number): Text {
  const { ko, en } = won(amount);
  return unknown === 0 ? { ko, en } : { ko: `${ko} 이상`, en: `${en} or more` };
}

export function fileText(
  { fileName, who, digest }: Pick<Sheet, 'fileName' | 'who' | 'digest'>,
  when: Text,
): Text {
  const short = digest.slice(0, 12);
  return {
    ko: `${fileName} · ${who} 님이 ${when.ko}에 올렸어요 · 지문 ${short}`,
    en: `${fileName} · uploaded by ${who} ${when.en} · digest ${short}`,
  };
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
