// Whether this Redis is safe enough for money: checked at every start, by `doctor` and by `/readyz`.

/** What the check needs of a client; an ioredis connection fits as it is. */
interface RedisToCheck {
  info(section: string): Promise<string>;
  config(verb: 'GET', name: string): Promise<unknown>;
}

export interface RedisFinding {
  readonly setting: string;
  /** null: the server does not report it. */
  readonly found: string | null;
  /** What is wrong and what it may cost. */
  readonly en: string;
  readonly ko: string;
}

export interface RedisVerdict {
  readonly ok: boolean;
  /** A start with one of these is refused. */
  readonly problems: readonly RedisFinding[];
  readonly warnings: readonly RedisFinding[];
}

/** `always`: refused everywhere; `unsafe`: refused in production; `notice`: a warning, never refused. */
type Weight = 'always' | 'unsafe' | 'notice';
type WeighedFinding = RedisFinding & { readonly weight: Weight };

/** What the server reports about itself; null where it does not. */
export interface RedisFacts {
  readonly version: string | null;
  readonly role: string | null;
  readonly policy: string | null;
  readonly aof: string | null;
  readonly lastWrite: string | null;
  readonly appendfsync: string | null;
}

/** Of a cluster all primaries: our keys may move to any of them. A finding that several share is reported once. */
export async function checkRedis(
  servers: readonly RedisToCheck[],
  production: boolean,
): Promise<RedisVerdict> {
  if (servers.length === 0) throw new Error('Cluster is without nodes');
  const all = await Promise.all(servers.map(readFacts));
  const verdicts = all.map((facts) => judgeRedis(facts, production));
  return {
    ok: verdicts.every(({ ok }) => ok),
    problems: eachOnce(verdicts.flatMap(({ problems }) => problems)),
    warnings: eachOnce(verdicts.flatMap(({ warnings }) => warnings)),
  };
}

function eachOnce(findings: readonly RedisFinding[]): RedisFinding[] {
  return [...new Map(findings.map((one) => [`${one.setting} ${one.found}`, one])).values()];
}

/** Pure: the verdict on what the server reported. */
export function judgeRedis(facts: RedisFacts, production: boolean): RedisVerdict {
  const findings = [
    judgeVersion(facts),
    judgeRole(facts),
    judgePolicy(facts),
    judgeAof(facts),
    judgeLastWrite(facts),
    judgeFsync(facts),
  ].filter((finding) => finding !== null);
  const refused = findings.filter(({ weight }) => weight === 'always' || (weight === 'unsafe' && production));
  const others = findings.filter((finding) => !refused.includes(finding));
  return { ok: refused.length === 0, problems: refused.map(plain), warnings: others.map(plain) };
}

/** Managed servers forbid CONFIG; INFO has most of it. Some users may do neither: then little is known. */
async function readFacts(redis: RedisToCheck): Promise<RedisFacts> {
  const sections = ['server', 'replication', 'memory', 'persistence'];
  const info = parseInfo((await Promise.all(sections.map((one) => infoOf(redis, one)))).join('\r\n'));
  const aofEnabled = info.get('aof_enabled');
  return {
    version: info.get('redis_version') ?? null,
    role: info.get('role') ?? null,
    policy: (await configOf(redis, 'maxmemory-policy')) ?? info.get('maxmemory_policy') ?? null,
    aof: aofEnabled === undefined ? await configOf(redis, 'appendonly') : aofEnabled === '1' ? 'yes' : 'no',
    lastWrite: info.get('aof_last_write_status') ?? null,
    appendfsync: await configOf(redis, 'appendfsync'),
  };
}

async function infoOf(redis: RedisToCheck, section: string): Promise<string> {
  return redis.info(section).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('NOPERM')) return '';
    throw error;
  });
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon > 0 && !line.startsWith('#') ? [[line.slice(0, colon), line.slice(colon + 1)]] : [];
  });
  return new Map(fields);
}

/** RESP2 answers [name, value], RESP3 a map; after a refusal the value is not known. */
async function configOf(redis: RedisToCheck, name: string): Promise<string | null> {
  const answer = await redis.config('GET', name).catch(() => null);
  if (Array.isArray(answer)) return typeof answer[1] === 'string' ? answer[1] : null;
  if (answer instanceof Map) return textOf(answer.get(name));
  return typeof answer === 'object' && answer !== null ? textOf(Reflect.get(answer, name)) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** BullMQ runs from 5.0 on and warns below 6.2; our scripts are tested from 6.2 on. */
function judgeVersion({ version }: RedisFacts): WeighedFinding | null {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return null;
  return {
    ...{ setting: 'version', found: version, weight: version === null ? 'notice' : 'always' },
    en: 'Redis 6.2 or newer (or Valkey) is needed; older ones lack commands that queue and ledger use.',
    ko: 'Redis 6.2 이상(또는 Valkey)이 필요합니다. 이전 버전에는 큐와 원장이 쓰는 명령이 없습니다.',
  };
}

function judgeRole({ role }: RedisFacts): WeighedFinding | null {
  if (role !== 'slave') return null;
  return {
    ...{ setting: 'role', found: role, weight: 'always' },
    en: 'This is a replica: it refuses writes, so no refund could be accepted or paid. Connect to the primary.',
    ko: '복제본이라 쓰기를 거부하므로 환불을 접수하거나 처리할 수 없습니다. 프라이머리에 연결하세요.',
  };
}

function judgePolicy({ policy }: RedisFacts): WeighedFinding | null {
  if (policy === 'noeviction') return null;
  const setting = 'maxmemory-policy';
  if (policy === null) return notReported(setting, 'noeviction');
  return {
    ...{ setting, found: policy, weight: 'unsafe' },
    en: 'With little memory left Redis may throw away refund records and jobs: a refund could be paid never, or twice. Set noeviction.',
    ko: '메모리가 부족하면 환불 기록과 작업이 삭제되어 환불이 누락되거나 두 번 지급될 수 있습니다. noeviction으로 설정하세요.',
  };
}

function judgeAof({ aof }: RedisFacts): WeighedFinding | null {
  if (aof === 'yes') return null;
  if (aof === null) return notReported('appendonly', 'yes');
  return {
    ...{ setting: 'appendonly', found: aof, weight: 'unsafe' },
    en: 'Without the append-only file a restart of Redis loses every refund since the last snapshot. Set appendonly yes.',
    ko: 'AOF가 꺼져 있으면 Redis 재시작 시 마지막 스냅숏 이후의 환불이 모두 사라집니다. appendonly yes로 설정하세요.',
  };
}

function judgeLastWrite({ lastWrite }: RedisFacts): WeighedFinding | null {
  if (lastWrite === null || lastWrite === 'ok') return null;
  return {
    ...{ setting: 'aof_last_write_status', found: lastWrite, weight: 'always' },
    en: 'The last write of the append-only file failed (disk full?): Redis refuses writes until it succeeds.',
    ko: '마지막 AOF 쓰기가 실패했습니다(디스크 부족?). 성공할 때까지 Redis가 쓰기를 거부합니다.',
  };
}

function judgeFsync({ appendfsync, aof }: RedisFacts): WeighedFinding | null {
  if (appendfsync === 'always' || aof === 'no') return null;
  const setting = 'appendfsync';
  if (appendfsync === null) return notReported(setting, 'always (or everysec)');
  if (appendfsync === 'everysec')
    return {
      ...{ setting, found: appendfsync, weight: 'notice' },
      en: 'A power cut may lose about the last second: accepted events (202) the order service must send again, and attempts that a look-up then has to find. Set always to lose none.',
      ko: '정전 시 마지막 약 1초가 사라질 수 있습니다. 접수(202)된 이벤트는 다시 보내야 하고, 그사이의 시도는 조회로 찾아야 합니다. always로 설정하면 손실이 없습니다.',
    };
  return {
    ...{ setting, found: appendfsync, weight: 'unsafe' },
    en: 'A power cut may lose about half a minute of accepted events and attempts. Set always (or everysec).',
    ko: '정전 시 약 30초 동안의 접수와 시도가 사라질 수 있습니다. always(또는 everysec)로 설정하세요.',
  };
}

function notReported(setting: string, wanted: string): WeighedFinding {
  return {
    ...{ setting, found: null, weight: 'notice' },
    en: `The server does not tell its ${setting}; make sure that it is ${wanted}, or refunds may be lost.`,
    ko: `서버가 ${setting} 값을 알려주지 않습니다. ${wanted}인지 확인하세요. 아니면 환불이 사라질 수 있습니다.`,
  };
}

function plain({ setting, found, en, ko }: WeighedFinding): RedisFinding {
  return { setting, found, en, ko };
}
