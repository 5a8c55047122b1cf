// All problems that the server answers with, as one table, and the `application/problem+json` (RFC 9457) made from it.
import type { FastifyReply } from 'fastify';
import type { Problem, Text } from '../domain/problem.ts';

interface Kind extends Text {
  readonly status: number;
  readonly title: string;
}

/** `en` and `ko`: the detail where the caller gives none. */
const kinds = {
  not_json: {
    status: 400,
    title: 'Not JSON',
    en: 'The body is empty or not valid JSON in UTF-8.',
    ko: '본문이 비어 있거나 올바른 UTF-8 JSON이 아니에요.',
  },
  wrong_query: {
    status: 400,
    title: 'Wrong query',
    en: 'Some query parameters are wrong; each is named in problems.',
    ko: '잘못된 쿼리 매개변수가 있어요. problems에서 항목별로 확인해 주세요.',
  },
  not_logged_in: {
    status: 401,
    title: 'Not authorized',
    en: 'No valid credentials came with the request.',
    ko: '유효한 인증 정보가 없어요.',
  },
  not_allowed: {
    status: 403,
    title: 'Not allowed',
    en: 'These credentials may not do this.',
    ko: '이 인증 정보로는 할 수 없는 일이에요.',
  },
  not_found: { status: 404, title: 'Not found', en: 'There is no such thing here.', ko: '찾을 수 없어요.' },
  read_only: {
    status: 405,
    title: 'Read-only',
    en: 'The board only shows. Cases are tried again and closed at the refund desk, by commands and by the API.',
    ko: '보드는 조회 전용이에요. 검토할 건의 다시 시도와 종결은 환불 데스크, 명령, API에서 해 주세요.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    en: 'The event contradicts one that came before. Nothing was changed.',
    ko: '먼저 받은 이벤트와 내용이 달라요. 아무것도 바뀌지 않았어요.',
  },
  moved: {
    status: 409,
    title: 'Somebody was faster',
    en: 'The case is no longer the one you saw.',
    ko: '보고 계신 사이에 상태가 바뀌었어요.',
  },
  bulk_runs: {
    status: 409,
    title: 'Another one runs',
    en: 'Many at once run one after another. Wait for the one that runs, or stop it.',
    ko: '한꺼번에 하는 일은 한 번에 하나예요. 진행 중인 일이 끝나기를 기다리거나 멈춰 주세요.',
  },
  bulk_moved: {
    status: 409,
    title: 'Not to be started',
    en: 'This preview is not ready, or was started or stopped already.',
    ko: '미리 보기가 아직 끝나지 않았거나 이미 시작 또는 중지됐어요.',
  },
  forgotten: {
    status: 410,
    title: 'Details erased',
    en: 'This refund has ended, and its details were erased after the retention time.',
    ko: '종료된 환불이고, 보관 기간이 지나 상세 기록이 삭제됐어요.',
  },
  too_large: {
    status: 413,
    title: 'Too large',
    en: 'A body has at most 1 MiB (1048576 bytes).',
    ko: '본문은 최대 1MiB(1048576바이트)예요.',
  },
  wrong_media_type: {
    status: 415,
    title: 'Wrong media type',
    en: 'Send JSON in UTF-8 with Content-Type: application/json.',
    ko: 'Content-Type: application/json으로 UTF-8 JSON을 보내 주세요.',
  },
  wrong_encoding: {
    status: 415,
    title: 'Wrong content encoding',
    en: 'A body is sent as it is, without compression.',
    ko: '본문은 압축하지 않고 보내 주세요.',
  },
  wrong_fields: {
    status: 422,
    title: 'Wrong fields',
    en: 'Some fields are wrong; each is named in problems. Nothing was stored.',
    ko: '잘못된 항목이 있어요. problems에서 항목별로 확인해 주세요. 아무것도 저장되지 않았어요.',
  },
  refused: {
    status: 422,
    title: 'Refused by a rule',
    en: 'A rule refuses this.',
    ko: '규칙상 할 수 없어요.',
  },
  too_many: {
    status: 429,
    title: 'Too many requests',
    en: 'Too many requests from this address. Wait as long as Retry-After says.',
    ko: '이 주소에서 요청이 너무 많아요. Retry-After만큼 기다려 주세요.',
  },
  logins_busy: {
    status: 503,
    title: 'Too many logins',
    en: 'Too many logins are being checked. Wait as long as Retry-After says.',
    ko: '동시에 확인하는 로그인이 너무 많아요. Retry-After만큼 기다려 주세요.',
  },
  wrong_request: {
    status: 400,
    title: 'Wrong request',
    en: 'The request could not be read.',
    ko: '요청을 읽을 수 없어요.',
  },
  internal: {
    status: 500,
    title: 'A fault of ours',
    en: 'Something failed on our side; the log names it. The request may be repeated.',
    ko: '서버에서 오류가 발생했어요. 원인은 로그에 있어요. 같은 요청을 다시 보내도 돼요.',
  },
  redis_away: {
    status: 503,
    title: 'Redis is away',
    en: 'Redis does not answer, so nothing was confirmed. Send the same request again: an event is never taken twice.',
    ko: 'Redis가 응답하지 않아 처리를 확인하지 못했어요. 같은 요청을 다시 보내 주세요. 같은 이벤트는 두 번 접수되지 않아요.',
  },
  redis_full: {
    status: 503,
    title: 'Redis is full',
    en: 'Redis is out of memory (maxmemory) and refuses writes. Give it more memory, then send the same request again.',
    ko: 'Redis 메모리(maxmemory)가 부족해 쓰기가 거부됐어요. 메모리를 늘린 뒤 같은 요청을 다시 보내 주세요.',
  },
  no_data_key: {
    status: 503,
    title: 'No data key',
    en: 'A refund account can only be kept encrypted, with DATA_KEYS that the workers have as well. Nothing was stored.',
    ko: '환불 계좌는 작업자와 같은 DATA_KEYS로 암호화해야 보관할 수 있어요. 아무것도 저장되지 않았어요.',
  },
  no_look_up: {
    status: 503,
    title: 'Bootpay could not be asked',
    en: 'The look-up that has to come first had no usable answer.',
    ko: '먼저 필요한 조회의 응답을 받지 못했어요.',
  },
} as const satisfies Record<string, Kind>;

export type ProblemKind = keyof typeof kinds;

export interface ProblemExtras {
  readonly detail?: Text;
  readonly problems?: readonly Problem[];
  /** Members of their own, such as `refund_id`, `rule`, `not_before`. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

export function problemBody(name: ProblemKind, extras: ProblemExtras = {}) {
  const kind: Kind = kinds[name];
  const detail = extras.detail ?? kind;
  return {
    type: `urn:bootpay-refund-worker:problem:${name}`,
    title: kind.title,
    status: kind.status,
    detail: detail.en,
    detail_ko: detail.ko,
    problems: extras.problems ?? [],
    ...extras.members,
  };
}

/** Sends the problem, unless an answer has been sent already. */
export function sendProblem(
  reply: FastifyReply,
  name: ProblemKind,
  extras: ProblemExtras = {},
): FastifyReply {
  if (reply.sent) return reply;
  const body = problemBody(name, extras);
  const retryAfter = extras.retryAfterSeconds ?? (body.status === 503 ? 5 : null);
  if (retryAfter !== null) reply.header('retry-after', String(retryAfter));
  return reply.code(body.status).type('application/problem+json').send(body);
}
