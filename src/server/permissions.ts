// Which permission a request has: pure rules over the configuration and the credentials of the request.
import type { Config } from '../config/config.ts';
import { assertNever } from '../domain/errors.ts';
import type { Text } from '../domain/problem.ts';

/** `read`: records. `look`: dead letters, lane, bulk actions, the board. */
export type Permission = 'ingest' | 'read' | 'look' | 'act';

export type Proof =
  | { readonly kind: 'token' }
  | { readonly kind: 'person'; readonly name: string; readonly acts: boolean }
  /** Not proved yet: the signature covers a body that has still to be read. */
  | { readonly kind: 'signature_to_come' }
  | { readonly kind: 'none' };

export type AccessDecision =
  | { readonly kind: 'pass' | 'signature_decides' }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly why: Text };

interface Setup {
  readonly hasToken: boolean;
  readonly hasSecret: boolean;
  readonly hasOperators: boolean;
}

export function setupOf({ ingest, operators }: Pick<Config, 'ingest' | 'operators'>): Setup {
  return {
    hasToken: ingest.token !== null,
    hasSecret: ingest.secrets.length > 0,
    hasOperators: operators.length > 0,
  };
}

export function judge(permission: Permission, proof: Proof, setup: Setup): AccessDecision {
  switch (permission) {
    case 'ingest':
      return judgeIngest(proof, setup);
    case 'read':
      return judgeRead(proof, setup);
    case 'look':
      return isOpen(setup) ? pass : judgePerson(proof, setup);
    case 'act':
      return proof.kind === 'person' && !proof.acts ? forbidden(texts.viewer) : judgePerson(proof, setup);
    default:
      return assertNever(permission);
  }
}

/** No credentials are configured at all: the server listens on loopback, and every client there may look. */
function isOpen({ hasToken, hasSecret, hasOperators }: Setup): boolean {
  return !hasToken && !hasSecret && !hasOperators;
}

function judgeIngest(proof: Proof, { hasToken, hasSecret }: Setup): AccessDecision {
  if ((!hasToken && !hasSecret) || proof.kind === 'token') return pass;
  if (proof.kind === 'signature_to_come') return { kind: 'signature_decides' };
  return proof.kind === 'person' ? forbidden(texts.ingest) : unproved(texts.ingest);
}

function judgeRead(proof: Proof, setup: Setup): AccessDecision {
  if (isOpen(setup) || proof.kind === 'token' || proof.kind === 'person') return pass;
  return setup.hasToken || setup.hasOperators ? unproved(texts.read) : forbidden(texts.noReaders);
}

function judgePerson(proof: Proof, { hasOperators }: Setup): AccessDecision {
  if (proof.kind === 'person') return pass;
  if (!hasOperators) return forbidden(texts.noOperators);
  return proof.kind === 'token' ? forbidden(texts.tokenOnly) : unproved(texts.login);
}

const pass: AccessDecision = { kind: 'pass' };

export function unproved(why: Text): Extract<AccessDecision, { kind: 'refused' }> {
  return { kind: 'refused', status: 401, why };
}

function forbidden(why: Text): AccessDecision {
  return { kind: 'refused', status: 403, why };
}

const texts = {
  ingest: {
    en: 'Events need Authorization: Bearer with the INGEST_TOKEN, or a Standard Webhooks signature made with the INGEST_SECRET.',
    ko: '이벤트 접수에는 Authorization: Bearer INGEST_TOKEN 또는 INGEST_SECRET으로 만든 Standard Webhooks 서명이 필요해요.',
  },
  read: {
    en: "Records need Authorization: Bearer with the INGEST_TOKEN, or an operator's login.",
    ko: '기록 조회에는 Authorization: Bearer INGEST_TOKEN 또는 운영자 로그인이 필요해요.',
  },
  noReaders: {
    en: 'Nobody is configured who may read records: set INGEST_TOKEN or OPERATORS. On the server, `npx refund-worker status` reads without.',
    ko: '기록을 조회할 수 있는 사람이 설정되지 않았어요. INGEST_TOKEN 또는 OPERATORS를 설정해 주세요. 서버에서는 npx refund-worker status로 조회할 수 있어요.',
  },
  login: {
    en: "This needs an operator's login (HTTP Basic, a name and password of OPERATORS).",
    ko: '운영자 로그인(HTTP Basic, OPERATORS의 이름과 비밀번호)이 필요해요.',
  },
  noOperators: {
    en: 'No operators are configured. `npx refund-worker operator add` makes an entry for OPERATORS; put it there and start again. The commands of `npx refund-worker` act without.',
    ko: '운영자가 설정되지 않았어요. npx refund-worker operator add로 만든 항목을 OPERATORS에 넣고 다시 시작해 주세요. npx refund-worker 명령은 설정 없이도 쓸 수 있어요.',
  },
  tokenOnly: {
    en: "The INGEST_TOKEN may enqueue events and read records, nothing else. This needs an operator's login.",
    ko: 'INGEST_TOKEN으로는 이벤트 접수와 기록 조회만 할 수 있어요. 운영자 로그인이 필요해요.',
  },
  viewer: {
    en: 'A viewer may look; acting needs the role reviewer or approver.',
    ko: 'viewer는 조회만 할 수 있어요. 처리하려면 reviewer 또는 approver 역할이 필요해요.',
  },
} as const satisfies Record<string, Text>;
