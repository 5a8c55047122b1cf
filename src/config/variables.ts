// Every variable of the environment as one table: read by `config.ts`, printed as the README's table.
import type { Text } from '../domain/problem.ts';
import {
  ascendingNumbers,
  type Limits,
  matching,
  oneOf,
  quietHours,
  secretText,
  webhookSecrets,
  wholeNumber,
} from './limits.ts';
import { dataKeyList, operatorList } from './people-and-keys.ts';
import { exceptions, outgoingProxy } from './proxies.ts';
import { deskAddress, gatewayUrl, proxyList, redisUrl, webhookUrl } from './urls.ts';

export interface Variable<Value, Default extends string | null = string | null> {
  /** null: not a quantity. */
  readonly unit: string | null;
  /** As one would write it; null: absent unless set. */
  readonly default: Default;
  /** Its value is never printed. */
  readonly secret: boolean;
  readonly meaning: Text;
  /** What is allowed outside production: short and small enough for tests and trials. */
  readonly development: Limits<Value>;
  /** What is allowed with NODE_ENV=production. */
  readonly production: Limits<Value>;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const month = 30 * day;

const sentinelUser = matching(/^[\x21-\x7e]{1,200}$/, {
  en: '1 to 200 visible ASCII characters, no spaces',
  ko: '공백 없는 ASCII 문자 1~200자',
});

const listeningHost = matching(/^[A-Za-z0-9._:-]{1,255}$/, {
  en: 'a host name or address',
  ko: '호스트 이름 또는 주소',
});

export const variables = {
  NODE_ENV: plain('development', oneOf(['development', 'test', 'production']), {
    en: '`production` turns on the stricter limits below and requires REDIS_URL and Bootpay credentials.',
    ko: '`production`이면 아래의 엄격한 한계를 적용하고 REDIS_URL과 Bootpay 인증 정보를 요구합니다.',
  }),
  REDIS_URL: secret(redisUrl, {
    en: 'The Redis that holds queue and ledger. Absent outside production: `demo` and `start` run one of their own. Required in production.',
    ko: '큐와 원장을 담는 Redis. 운영 환경이 아니고 값이 없으면 `demo`와 `start`가 자체 Redis를 띄웁니다. 운영 환경에서는 필수입니다.',
  }),
  REDIS_PREFIX: plain(
    '{refunds}',
    matching(/^(?=.{3,64}$)[A-Za-z0-9_.:-]*\{[A-Za-z0-9_.:-]+\}[A-Za-z0-9_.:-]*$/, {
      en: 'up to 64 of A-Z a-z 0-9 _ . : - with exactly one hash tag in braces, such as {refunds}',
      ko: '{refunds}처럼 중괄호 해시 태그 하나를 포함한 영문, 숫자, _ . : - 64자 이하',
    }),
    {
      en: 'Begins every key. The hash tag keeps all keys in one slot of a Redis Cluster.',
      ko: '모든 키의 접두사. 해시 태그가 Redis Cluster에서 모든 키를 한 슬롯에 둡니다.',
    },
  ),
  REDIS_SENTINEL_USERNAME: {
    ...row(null, {
      en: "The sentinels' own user, where they have one. Only with redis+sentinel.",
      ko: '센티널에 따로 만든 사용자. redis+sentinel에서만 씁니다.',
    }),
    development: sentinelUser,
    production: sentinelUser,
  },
  REDIS_SENTINEL_PASSWORD: secret(secretText(1), {
    en: "The sentinels' own password. Absent: that of REDIS_URL, where REDIS_URL names no user. Only with redis+sentinel.",
    ko: '센티널의 비밀번호. 없으면 사용자 이름이 없는 REDIS_URL의 비밀번호를 씁니다. redis+sentinel에서만 씁니다.',
  }),
  BOOTPAY_BASE_URL: {
    ...row('https://api.bootpay.co.kr/v2', {
      en: 'Where Bootpay answers; the simulator prints its own.',
      ko: 'Bootpay API 주소. 시뮬레이터는 자신의 주소를 출력합니다.',
    }),
    development: gatewayUrl(false),
    production: gatewayUrl(true),
  },
  BOOTPAY_CLIENT_KEY: secret(
    matching(/^[\x21-\x39\x3b-\x7e]{1,200}$/, {
      en: '1 to 200 visible ASCII characters, no spaces or colons',
      ko: '공백과 콜론이 없는 ASCII 문자 1~200자',
    }),
    {
      en: 'Basic credentials, together with BOOTPAY_SECRET_KEY. They win over the Bearer pair.',
      ko: 'BOOTPAY_SECRET_KEY와 함께 쓰는 Basic 인증 정보. Bearer 쌍보다 우선합니다.',
    },
  ),
  BOOTPAY_SECRET_KEY: secret(secretText(1), {
    en: 'The other half of BOOTPAY_CLIENT_KEY.',
    ko: 'BOOTPAY_CLIENT_KEY의 짝.',
  }),
  BOOTPAY_APPLICATION_ID: secret(secretText(1), {
    en: 'Bearer credentials, together with BOOTPAY_PRIVATE_KEY: a token is fetched with them.',
    ko: 'BOOTPAY_PRIVATE_KEY와 함께 쓰는 Bearer 인증 정보. 이것으로 토큰을 발급받습니다.',
  }),
  BOOTPAY_PRIVATE_KEY: secret(secretText(1), {
    en: 'The other half of BOOTPAY_APPLICATION_ID.',
    ko: 'BOOTPAY_APPLICATION_ID의 짝.',
  }),
  BOOTPAY_TIMEOUT_MS: duration('65000', [30 * second, 5 * minute], {
    en: "How long one call may take. Bootpay's own wait for the PG must end first, or its 2086 is lost.",
    ko: '호출 하나의 제한 시간. Bootpay가 PG를 기다리는 시간보다 길어야 2086 응답을 놓치지 않습니다.',
  }),
  BOOTPAY_CONNECT_TIMEOUT_MS: duration('3000', [500, 30 * second], {
    en: 'How long connecting may take; a call that ends here was surely not sent.',
    ko: '연결 제한 시간. 여기서 끝난 호출은 확실히 전송되지 않았습니다.',
  }),
  HTTPS_PROXY: secret(outgoingProxy, {
    en: 'The proxy through which Bootpay and an https EVENTS_WEBHOOK_URL are reached; `https_proxy` wins where both are set. Plain http goes straight, and so does Redis.',
    ko: 'Bootpay와 https인 EVENTS_WEBHOOK_URL에 연결할 때 거치는 프록시. 둘 다 있으면 `https_proxy`가 우선합니다. http 주소와 Redis는 직접 연결합니다.',
  }),
  NO_PROXY: optional(exceptions, {
    en: 'What is reached without HTTPS_PROXY: a name with all below it, `host:port`, an address, a network, or `*`. `no_proxy` wins where both are set.',
    ko: 'HTTPS_PROXY를 거치지 않는 곳: 이름(하위 이름 포함), `호스트:포트`, 주소, 네트워크 또는 `*`. 둘 다 있으면 `no_proxy`가 우선합니다.',
  }),
  BOOTPAY_CALLS_PER_SECOND: {
    ...row('10', {
      en: 'Calls of all kinds and of all processes together that any sliding second may see.',
      ko: '모든 프로세스의 모든 호출을 합쳐 임의의 1초 동안 허용하는 호출 수.',
    }),
    unit: 'calls/s',
    development: wholeNumber(1, 1000),
    production: wholeNumber(1, 100),
  },
  WORKER_CONCURRENCY: {
    ...row('20', {
      en: 'Refunds that one worker process has in hand at once.',
      ko: '작업자 프로세스 하나가 동시에 처리하는 환불 수.',
    }),
    unit: 'refunds',
    development: wholeNumber(1, 1000),
    production: wholeNumber(1, 1000),
  },
  RETRY_MAX_ATTEMPTS: {
    ...row('12', {
      en: 'Answered attempts before a refund that keeps being refused for now becomes a dead letter.',
      ko: '일시적 거절이 이어질 때 데드 레터가 되기까지 응답받은 시도 횟수.',
    }),
    unit: 'attempts',
    development: wholeNumber(1, 100),
    production: wholeNumber(1, 100),
  },
  RETRY_BASE_MS: duration('30000', [second, hour], {
    en: 'The first wait of the backoff; it doubles from there, its upper half jittered.',
    ko: '첫 재시도 대기 시간. 이후 두 배씩 늘고 위쪽 절반은 무작위입니다.',
  }),
  RETRY_MAX_MS: duration('3600000', [second, day], {
    en: 'The longest wait between two attempts.',
    ko: '두 시도 사이의 최대 대기 시간.',
  }),
  RETRY_DEADLINE_MS: duration('86400000', [hour, month], {
    en: 'How long after acceptance or the latest replay the machine goes on trying.',
    ko: '접수 또는 마지막으로 다시 시도한 뒤 자동 시도를 계속하는 시간.',
  }),
  LOOK_UP_SCHEDULE_MS: {
    ...row('5000,20000,60000,180000,600000,1800000,3600000', {
      en: 'When an unknown refund is looked up, counted from the end of the call; the last distance repeats.',
      ko: '결과를 모르는 환불을 조회하는 시점 (호출 종료 기준). 마지막 간격이 반복됩니다.',
    }),
    unit: 'ms',
    development: ascendingNumbers(10, month),
    production: ascendingNumbers(second, day),
  },
  SETTLE_WINDOW_MS: duration('600000', [3 * minute, day], {
    en: 'From when on "not there" in a look-up counts; a PG may commit minutes after a timeout.',
    ko: '조회의 "없음"을 믿기 시작하는 시점. PG는 시간 초과 몇 분 뒤에 처리할 수도 있습니다.',
  }),
  RECORD_RETENTION_DAYS: {
    // 5 years and a few days: the decree counts from the transaction, and two years of any five may be leap years. Less
    // is for merchants that archive the outcome events. The minimum is the longest time for which anything still reads
    // a record that has ended: the results of a bulk replay name it for 30 days, and a weekly or monthly reconciliation
    // has looked at it at least once. Deadlines and waits are those of open refunds, which are never purged.
    ...row('1830', {
      en: 'How long after its end a succeeded or resolved refund is kept; then only its identity is, so that its event stays a duplicate. 5 years: the E-Commerce Act (its decree, article 6) asks to keep payment records so long, and no method can be cancelled later (kakaopay money is the longest). Shorter only where outcome events are archived elsewhere; at least as long as the results of a bulk replay name a refund and a monthly reconciliation comes round.',
      ko: '성공하거나 수동 종결된 환불 기록의 보관 기간 (종료 시점 기준). 그 뒤에는 중복 이벤트를 알아볼 식별 정보만 남습니다. 5년: 전자상거래법 시행령 제6조의 대금결제 기록 보존 기간이자 가장 긴 취소 기한(카카오페이 머니)입니다. 결과 이벤트를 따로 보관할 때만 줄이세요. 한꺼번에 다시 시도한 결과가 환불을 가리키는 기간과 월 1회 대사 주기보다는 길어야 합니다.',
    }),
    unit: 'days',
    development: wholeNumber(1, 36_500),
    production: wholeNumber(30, 36_500),
  },
  HTTP_HOST: plain('127.0.0.1', listeningHost, {
    en: 'Where the server listens. Without INGEST_TOKEN and INGEST_SECRET only loopback is served, and in production the server does not start.',
    ko: '서버가 수신하는 주소. INGEST_TOKEN과 INGEST_SECRET이 모두 없으면 루프백만 허용하고, 운영 환경에서는 서버가 시작하지 않습니다.',
  }),
  HTTP_PORT: plain('8080', wholeNumber(0, 65_535), {
    en: 'The port of the server; 0: any free one.',
    ko: '서버 포트. 0이면 비어 있는 포트를 씁니다.',
  }),
  WORKER_HEALTH_HOST: plain('127.0.0.1', listeningHost, {
    en: 'Where `worker` answers /healthz and /readyz; probes of Kubernetes need 0.0.0.0.',
    ko: '`worker`가 /healthz와 /readyz에 응답하는 주소. Kubernetes 프로브에는 0.0.0.0이 필요합니다.',
  }),
  WORKER_HEALTH_PORT: optional(wholeNumber(0, 65_535), {
    en: 'The port of these; 0: any free one. Absent: `worker` listens nowhere. `start` and `server` answer them on HTTP_PORT.',
    ko: '그 포트. 0이면 비어 있는 포트를 씁니다. 없으면 `worker`는 어디에도 수신하지 않습니다. `start`와 `server`는 HTTP_PORT에서 응답합니다.',
  }),
  TRUSTED_PROXIES: optional(proxyList, {
    en: 'The proxies in front of the server: only these peers may name the client (X-Forwarded-For), which limits of requests and logins count then. None: the peer is counted.',
    ko: '서버 앞의 프록시. 이 주소에서 온 X-Forwarded-For만 클라이언트 주소로 믿고, 요청과 로그인 제한을 그 주소로 셉니다. 없으면 연결한 주소로 셉니다.',
  }),
  INGEST_SECRET: {
    ...secret(webhookSecrets(1), {
      en: 'Checks the Standard Webhooks signature of a cancellation event; during a rotation any of several will do.',
      ko: '취소 이벤트의 Standard Webhooks 서명을 검증합니다. 교체 중에는 여러 개 중 하나만 맞으면 됩니다.',
    }),
    production: webhookSecrets(24),
  },
  INGEST_TOKEN: {
    ...secret(secretText(1), {
      en: 'Bearer token that may enqueue events and read records, nothing else.',
      ko: '이벤트 접수와 기록 조회만 가능한 Bearer 토큰.',
    }),
    production: secretText(32),
  },
  OPERATORS: {
    ...secret(operatorList(1), {
      en: 'Who may review dead letters over HTTP; `refund-worker operator add` makes an entry. None: 403, the commands still act.',
      ko: 'HTTP로 데드 레터를 검토할 수 있는 사람. 항목은 `refund-worker operator add`로 만듭니다. 없으면 403이며 명령은 계속 쓸 수 있습니다.',
    }),
    // The least of what OWASP's password storage sheet lists for scrypt (r=8): N=2^17 p=1, 2^16 p=2, 2^15 p=3, 2^14 p=5,
    // 2^13 p=10. The last two have the lowest N*r*p, and no list entry falls below it.
    production: operatorList(655_360),
  },
  APPROVAL_THRESHOLD_WON: optional(wholeNumber(0, 1_000_000_000_000), {
    en: 'A replay or resolve about more than this, in won, waits until a second operator with the role approver approves it. Absent: one person decides. The same for servers, workers and commands.',
    ko: '이 금액(원)을 넘는 다시 시도와 종결은 approver 역할의 다른 운영자가 승인해야 처리됩니다. 없으면 한 사람이 결정합니다. 서버, 작업자, 명령에 같은 값을 씁니다.',
  }),
  DATA_KEYS: secret(dataKeyList, {
    en: 'Encrypt refund accounts; the first one writes. Outside production a key is made under .refund-worker/; in production an event with an account is refused (503) without one.',
    ko: '환불 계좌 암호화 키, 첫 번째 키로 암호화합니다. 운영 환경이 아니면 .refund-worker/에 자동 생성되고, 운영 환경에서 없으면 계좌가 있는 이벤트를 503으로 거절합니다.',
  }),
  EVENTS_WEBHOOK_URL: {
    ...secret(webhookUrl(false), {
      en: 'Where outcome events are sent besides the Redis stream.',
      ko: '결과 이벤트를 Redis 스트림 외에 추가로 보낼 주소.',
    }),
    production: webhookUrl(true),
  },
  EVENTS_WEBHOOK_SECRET: {
    ...secret(webhookSecrets(1), {
      en: 'Signs outcome events (Standard Webhooks), with each of several during a rotation. In production required with EVENTS_WEBHOOK_URL.',
      ko: '결과 이벤트 서명 (Standard Webhooks). 교체 중에는 여러 개로 함께 서명합니다. 운영 환경에서 EVENTS_WEBHOOK_URL과 함께 필수입니다.',
    }),
    production: webhookSecrets(24),
  },
  ALERT_WEBHOOK_URL: {
    ...secret(webhookUrl(false), {
      en: 'The incoming webhook of a chat room that is told what people have to know; see README.',
      ko: '사람이 알아야 할 일을 알릴 대화방의 수신 웹훅 주소. README 참고.',
    }),
    production: webhookUrl(true),
  },
  ALERT_WEBHOOK_KIND: plain('auto', oneOf(['auto', 'slack', 'kakaowork', 'jandi', 'dooray', 'json']), {
    en: 'How alerts are written. `auto`: by the host of the address, plain JSON for any other host.',
    ko: '알림 형식. `auto`는 주소의 호스트로 정하고, 모르는 호스트에는 일반 JSON을 보냅니다.',
  }),
  ALERT_LANGUAGE: plain('ko', oneOf(['ko', 'en']), {
    en: 'The language of alerts.',
    ko: '알림 언어.',
  }),
  ALERT_QUIET_HOURS: optional(quietHours, {
    en: 'Hours in Seoul in which only what cannot wait is told; the rest is summed up when they end.',
    ko: '급한 것만 알리는 한국 시간대. 나머지는 끝날 때 모아서 알립니다.',
  }),
  DESK_URL: {
    ...row(null, {
      en: 'Where people reach this server, for the links in alerts. Absent: alerts have no links.',
      ko: '사람이 이 서버에 접속하는 주소로, 알림의 링크에 씁니다. 없으면 링크 없이 알립니다.',
    }),
    development: deskAddress(false),
    production: deskAddress(true),
  },
  LOG_LEVEL: plain('info', oneOf(['debug', 'info', 'warn', 'error', 'silent']), {
    en: 'The least important log lines that are written.',
    ko: '기록할 로그의 최소 수준.',
  }),
} as const satisfies Record<string, Variable<unknown>>;

export type VariableName = keyof typeof variables;

function row<const Default extends string | null>(value: Default, meaning: Text) {
  return { unit: null, default: value, secret: false, meaning };
}

function plain<Value>(value: string, limits: Limits<Value>, meaning: Text): Variable<Value, string> {
  return { ...row(value, meaning), development: limits, production: limits };
}

function optional<Value>(limits: Limits<Value>, meaning: Text): Variable<Value, null> {
  return { ...row(null, meaning), development: limits, production: limits };
}

function secret<Value>(limits: Limits<Value>, meaning: Text): Variable<Value, null> {
  return { ...row(null, meaning), secret: true, development: limits, production: limits };
}

/** Outside production from 10 ms on, so that a test need not wait. */
function duration(
  value: string,
  production: readonly [number, number],
  meaning: Text,
): Variable<number, string> {
  return {
    ...row(value, meaning),
    unit: 'ms',
    development: wholeNumber(10, month),
    production: wholeNumber(...production),
  };
}
