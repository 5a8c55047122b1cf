// The `doctor` check of Bootpay: one look-up, which costs nothing, to see whether the credentials are accepted.
import type { System } from '../compose.ts';
import { assertNever } from '../domain/errors.ts';
import { type ReceiptId, receiptIdSchema } from '../domain/ids.ts';
import { causeOf, type LookUpReply } from '../domain/reply.ts';

export interface Check {
  readonly about: string;
  /** `told`: nothing is wrong, but worth knowing. */
  readonly verdict: 'good' | 'told' | 'bad';
  readonly en: string;
  readonly ko: string;
}

/** Does not exist: only whether a token is issued for the look-up counts. */
const noReceipt = receiptIdSchema.parse('doctor');

export async function askBootpay(system: System, given: ReceiptId | null): Promise<Check> {
  const { gateway, rateLimiter, ledger, config } = system;
  if (gateway === null)
    return bad(
      'No credentials are configured, so no refund can be sent.',
      '인증 정보가 없어 환불을 보낼 수 없어요.',
    );
  const known = given ?? (await ledger.lastAnsweredReceipt());
  const isBearer = config.bootpay.credentials?.kind === 'bearer';
  // Never a made-up receipt with Basic: whether Bootpay then complains about credentials or receipt first is documented nowhere.
  if (known === null && !isBearer)
    return note(
      'Not asked: no receipt has been looked up yet. Name one with --receipt-id.',
      '아직 조회한 결제가 없어 확인하지 못했어요. --receipt-id로 지정할 수 있어요.',
    );
  if (!(await rateLimiter.acquire('look_up', { longestMs: 10_000, priority: 'first' })))
    return bad('Not asked: the rate limiter is shut just now.', '호출 제한이 걸려 있어 확인하지 못했어요.');
  const reply = await gateway.lookUp(known ?? noReceipt);
  return known === null ? judgeToken(reply) : judge(reply, known);
}

/** Any answer to the look-up itself means that a token was issued before. */
function judgeToken(reply: LookUpReply): Check {
  const isIssued =
    reply.kind === 'accepted' ||
    reply.kind === 'refused' ||
    (reply.kind === 'unauthorized' && reply.code === 'TOKEN_KEY_INVALID');
  return isIssued ? good('A token was issued.', '토큰을 발급받았어요.') : judge(reply, noReceipt);
}

function judge(reply: LookUpReply, receiptId: ReceiptId): Check {
  switch (reply.kind) {
    case 'accepted':
      return good(`Receipt ${receiptId} was shown.`, '조회에 성공했어요.');
    case 'refused':
      return note(
        `It answers, and refuses receipt ${receiptId}: ${causeOf(reply)}.`,
        '응답은 하지만 이 결제를 보여주지 않아요.',
      );
    case 'unauthorized':
      return bad(`The credentials are refused (${reply.code ?? '401'}).`, '인증 정보가 거절됐어요.');
    case 'throttled':
      return note('It answers, but with 429 just now.', '지금은 호출 제한(429)에 걸려 있어요.');
    case 'not_sent':
    case 'no_answer':
    case 'unreadable':
      return bad(`No usable answer: ${reply.kind}, ${reply.cause}.`, '응답을 받지 못했어요.');
    default:
      return assertNever(reply);
  }
}

function good(en: string, ko: string): Check {
  return { about: 'bootpay', verdict: 'good', en, ko };
}

function note(en: string, ko: string): Check {
  return { about: 'bootpay', verdict: 'told', en, ko };
}

function bad(en: string, ko: string): Check {
  return { about: 'bootpay', verdict: 'bad', en, ko };
}
