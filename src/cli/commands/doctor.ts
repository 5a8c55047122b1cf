// `doctor`: configuration, Redis, Bootpay, the lane and outcome events, one finding each; exit code 0 only if nothing is wrong.
import type { System } from '../../compose.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../domain/errors.ts';
import type { ReceiptId } from '../../domain/ids.ts';
import { holidaysEndAt } from '../../policies/business-days.ts';
import { defineCommand } from '../command.ts';
import type { Check } from '../doctor-bootpay.ts';
import type { Io } from '../io.ts';
import { receiptId } from '../limits.ts';
import { flag, json, optional } from '../options.ts';
import { readConfigWithRedis, withSystemOf } from '../settings.ts';

export const doctor = defineCommand({
  name: 'doctor',
  description: {
    en: 'Check configuration, Redis and Bootpay.',
    ko: '설정, Redis, 부트페이 연결을 점검해요.',
  },
  options: {
    receiptId: optional(
      '--receipt-id <id>',
      { en: 'Look this receipt up to check the credentials.', ko: '인증 정보 확인에 쓸 결제의 receipt_id.' },
      receiptId,
    ),
    alert: flag('--alert', {
      en: 'Send a test alert to ALERT_WEBHOOK_URL.',
      ko: 'ALERT_WEBHOOK_URL로 시험 알림을 보내요.',
    }),
    json,
  },
  examples: ['doctor', 'doctor --receipt-id 6244f60c1fc19202e42e8c4e --json'],
  async run(io, input) {
    const checks: Check[] = [];
    let wrongConfiguration = false;
    try {
      const config = await readConfigWithRedis(io);
      checks.push(...configurationChecks(config));
      checks.push(...(await connectedChecks(io, config, input.receiptId ?? null)));
      if (input.alert) checks.push(await testAlert(config));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      wrongConfiguration = true;
      checks.push(
        ...error.problems.map((en): Check => ({ about: 'configuration', verdict: 'bad', en, ko: '' })),
      );
    }
    await printChecks(io, checks, input);
    if (wrongConfiguration) return 2;
    return checks.some(({ verdict }) => verdict === 'bad') ? 1 : 0;
  },
});

function configurationChecks(config: Config): Check[] {
  const { credentials, baseUrl, callsPerSecond } = config.bootpay;
  const mode = config.production ? 'production' : 'development';
  return [
    {
      about: 'configuration',
      verdict: 'good',
      en: `${mode}, ${baseUrl}, ${callsPerSecond} calls/s, ${credentials?.kind ?? 'no'} credentials, ${config.operators.length} operators.`,
      ko: '설정을 읽었어요.',
    },
    ...proxyCheck(config),
    ...(config.production && config.dataKeys.length === 0
      ? [
          {
            about: 'configuration',
            verdict: 'told' as const,
            en: 'Without DATA_KEYS events with a refund account are refused (503).',
            ko: 'DATA_KEYS가 없어 환불 계좌가 있는 이벤트는 거절돼요(503).',
          },
        ]
      : []),
  ];
}

function proxyCheck({ proxy, bootpay, events }: Config): Check[] {
  if (proxy === null) return [];
  const { host } = new URL(proxy);
  const [isBootpay, isWebhook] = [bootpay.proxy !== null, events.proxy !== null];
  const en = (isThrough: boolean) => (isThrough ? `through ${host}` : 'straight, without HTTPS_PROXY');
  const ko = (isThrough: boolean) => (isThrough ? `${host} 경유` : '직접 연결');
  const webhook = events.webhookUrl === null ? null : { en: en(isWebhook), ko: ko(isWebhook) };
  return [
    {
      about: 'proxy',
      verdict: 'good',
      en: `Bootpay is reached ${en(isBootpay)}${webhook === null ? '' : `; the webhook ${webhook.en}`}.`,
      ko: `부트페이는 ${ko(isBootpay)}${webhook === null ? '' : `, 웹훅은 ${webhook.ko}`}이에요.`,
    },
  ];
}

async function connectedChecks(io: Io, config: Config, receipt: ReceiptId | null): Promise<Check[]> {
  const { askBootpay } = await import('../doctor-bootpay.ts');
  const { eventChecks } = await import('../doctor-events.ts');
  const { alertChecks } = await import('../doctor-alerts.ts');
  try {
    return await withSystemOf(io, config, async (system) => [
      ...(await redisChecks(system)),
      await laneCheck(system),
      ...(await standstillChecks(system)),
      ...(await keyChecks(system)),
      ...calendarChecks(system.clock.now()),
      ...(await eventChecks(system)),
      ...(await alertChecks(system)),
      await askBootpay(system, receipt),
    ]);
  } catch (error) {
    if (error instanceof ConfigError || !(error instanceof Error)) throw error;
    return [{ about: 'redis', verdict: 'bad', en: error.message, ko: '' }];
  }
}

async function testAlert(config: Config): Promise<Check> {
  const { testAlertCheck } = await import('../doctor-alerts.ts');
  return testAlertCheck(config);
}

async function redisChecks(system: System): Promise<Check[]> {
  const { problems, warnings } = await system.redisVerdict();
  const bad = problems.map(({ setting, found, en, ko }): Check => {
    return { about: 'redis', verdict: 'bad', en: `${setting}=${found ?? '?'}: ${en}`, ko };
  });
  const notes = warnings.map(({ setting, found, en, ko }): Check => {
    return { about: 'redis', verdict: 'told', en: `${setting}=${found ?? '?'}: ${en}`, ko };
  });
  if (bad.length > 0) return [...bad, ...notes];
  return [
    { about: 'redis', verdict: 'good', en: 'It answers and keeps what it is told.', ko: '정상이에요.' },
    ...notes,
  ];
}

async function standstillChecks(system: System): Promise<Check[]> {
  const { standingOf } = await import('../../standstills/standing.ts');
  const { waitingText } = await import('../../standstills/words.ts');
  const { standstills, waiting } = await standingOf(system);
  // Refused credentials are told by the check of the lane.
  const others = standstills.filter(({ cause }) => cause !== 'credentials_refused');
  return others.map((one) => {
    const how = waitingText(one, waiting);
    return {
      about: 'standstill',
      verdict: 'bad',
      en: `${one.text.en} ${how.en}`,
      ko: `${one.text.ko} ${how.ko}`,
    };
  });
}

async function keyChecks({ ledger, clock }: System): Promise<Check[]> {
  const trouble = await ledger.keyTrouble(clock.now());
  // Of the keys of this command's folder; a refund that waits for one is told above.
  return trouble === null ? [] : [{ about: 'data keys', verdict: 'told', ...trouble }];
}

const calendarWarningMs = 60 * 86_400_000;

function calendarChecks(now: number): Check[] {
  if (now < holidaysEndAt - calendarWarningMs) return [];
  const end = new Date(holidaysEndAt).toISOString().slice(0, 10);
  return [
    {
      about: 'calendar',
      verdict: 'told',
      en: `The public holidays are known until ${end}; later refund_by counts weekends only and may be some days early. A newer version of refund-worker knows more.`,
      ko: `공휴일 정보는 ${end}까지예요. 이후 refund_by는 주말만 빼고 계산돼 며칠 이를 수 있어요. refund-worker를 업데이트해 주세요.`,
    },
  ];
}

async function laneCheck(system: System): Promise<Check> {
  const { person, credentials } = await system.lane.status();
  const held = credentials ?? person;
  if (held === null) return { about: 'lane', verdict: 'good', en: 'Open.', ko: '열려 있어요.' };
  return {
    about: 'lane',
    verdict: 'bad',
    ...(credentials === null
      ? {
          en: `Held by ${held.who}: ${held.reason}. Resume it with refund-worker lane resume.`,
          ko: '멈춰 있어요. lane resume으로 다시 열 수 있어요.',
        }
      : {
          en: `Held since Bootpay refused the credentials (${held.reason}): correct the key and start the worker again; then it opens by itself.`,
          ko: '부트페이가 인증 정보를 거절해 멈췄어요. 키를 고친 뒤 작업자를 다시 시작하면 자동으로 열려요.',
        }),
  };
}

/** Of the words beside a mark and what they are about. */
const indent = 21;

async function printChecks(
  io: Io,
  checks: readonly Check[],
  { json: asJson }: { json: boolean },
): Promise<void> {
  const ok = checks.every(({ verdict }) => verdict !== 'bad');
  if (asJson) return io.out(JSON.stringify({ ok, checks }));
  const { wrap } = await import('../print/wrap.ts');
  const { colors } = io;
  const marks = { good: colors.green('ok  '), told: colors.yellow('note'), bad: colors.red('FAIL') };
  for (const { about, verdict, en, ko } of checks) {
    const text = ko === '' ? en : `${en}\n${ko}`;
    const lines = io.isTerminal ? wrap(io, text, io.width - indent) : text;
    await io.out(
      `${marks[verdict]}  ${about.padEnd(13)}  ${lines.replaceAll('\n', `\n${' '.repeat(indent)}`)}`,
    );
  }
}
