// The rules that bind several variables: pairs that belong together, and what production cannot do without.
import { problemOf, type ReadResult } from './values.ts';

const credentialPairs = [
  ['BOOTPAY_CLIENT_KEY', 'BOOTPAY_SECRET_KEY'],
  ['BOOTPAY_APPLICATION_ID', 'BOOTPAY_PRIVATE_KEY'],
] as const;

export function crossProblems(read: ReadResult): string[] {
  const half = [...halfPairs(read), ...userAlone(read)];
  return read.production ? [...half, ...missingInProduction(read), ...contradictions(read)] : half;
}

function halfPairs({ set }: ReadResult): string[] {
  return credentialPairs.flatMap(([one, other]) => {
    if (set.has(one) === set.has(other)) return [];
    const [present, absent] = set.has(one) ? [one, other] : [other, one];
    return missing(absent, {
      en: `a value, because ${present} is set`,
      ko: `${present} 값이 있으므로 이 값도 필요`,
    });
  });
}

function userAlone({ set }: ReadResult): string[] {
  if (!set.has('REDIS_SENTINEL_USERNAME') || set.has('REDIS_SENTINEL_PASSWORD')) return [];
  return missing('REDIS_SENTINEL_PASSWORD', {
    en: 'a value, because REDIS_SENTINEL_USERNAME is set',
    ko: 'REDIS_SENTINEL_USERNAME이 있으므로 값이 필요',
  });
}

function missingInProduction({ set }: ReadResult): string[] {
  const redis = set.has('REDIS_URL')
    ? []
    : missing('REDIS_URL', { en: 'an address in production', ko: '운영 환경에서는 주소가 필요' });
  const webhook =
    set.has('EVENTS_WEBHOOK_URL') && !set.has('EVENTS_WEBHOOK_SECRET')
      ? missing('EVENTS_WEBHOOK_SECRET', {
          en: 'a value in production, because EVENTS_WEBHOOK_URL is set',
          ko: '운영 환경에서 EVENTS_WEBHOOK_URL이 있으므로 값이 필요',
        })
      : [];
  return [...redis, ...webhook, ...missingCredentials(set)];
}

function missingCredentials(set: ReadResult['set']): string[] {
  if (credentialPairs.flat().some((name) => set.has(name))) return [];
  return missing('BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY', {
    en: 'values in production (or BOOTPAY_APPLICATION_ID and BOOTPAY_PRIVATE_KEY)',
    ko: '운영 환경에서는 값이 필요, 또는 BOOTPAY_APPLICATION_ID와 BOOTPAY_PRIVATE_KEY',
  });
}

/** Only in production: a trial may set one duration and leave the rest as it is. */
function contradictions({ values }: ReadResult): string[] {
  const { RETRY_BASE_MS: base, RETRY_MAX_MS: max } = values;
  const { SETTLE_WINDOW_MS: window, RETRY_DEADLINE_MS: deadline } = values;
  const tooShortMax = base !== undefined && max !== undefined && max < base;
  const tooShortDeadline = window !== undefined && deadline !== undefined && deadline <= window;
  return [
    ...(tooShortMax ? [atLeast('RETRY_MAX_MS', max, `RETRY_BASE_MS (${base})`)] : []),
    ...(tooShortDeadline ? [atLeast('RETRY_DEADLINE_MS', deadline, `SETTLE_WINDOW_MS (${window}) + 1`)] : []),
  ];
}

function atLeast(name: string, came: number, bound: string): string {
  return problemOf(name, { en: `at least ${bound}`, ko: `${bound} 이상` }, String(came));
}

function missing(name: string, expected: { en: string; ko: string }): string[] {
  return [problemOf(name, expected, 'nothing')];
}
