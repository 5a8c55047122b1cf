// From the environment to one typed configuration, or one error that names every wrong variable at once.
import { type AlertKind, alertKindOf } from '../domain/alert.ts';
import type { PolicySettings } from '../domain/decision.ts';
import { ConfigError } from '../domain/errors.ts';
import type { DataKey } from '../domain/event.ts';
import type { Text } from '../domain/problem.ts';
import type { Operator } from './people-and-keys.ts';
import { proxyFor } from './proxies.ts';
import { crossProblems } from './rules.ts';
import { type Environment, readValues, type Values } from './values.ts';

type Credentials =
  | { readonly kind: 'basic'; readonly clientKey: string; readonly secretKey: string }
  | { readonly kind: 'bearer'; readonly applicationId: string; readonly privateKey: string };

export interface Config {
  readonly production: boolean;
  readonly redis: {
    readonly url: string | null;
    readonly prefix: string;
    readonly sentinel: { readonly username: string | null; readonly password: string | null };
  };
  readonly bootpay: {
    /** Without a slash at the end. */
    readonly baseUrl: string;
    readonly credentials: Credentials | null;
    readonly timeoutMs: number;
    readonly connectTimeoutMs: number;
    /** The proxy that leads there; null: straight. */
    readonly proxy: string | null;
    readonly callsPerSecond: number;
  };
  readonly worker: {
    readonly concurrency: number;
    /** Where a worker alone answers probes; `port` null: nowhere. */
    readonly health: { readonly host: string; readonly port: number | null };
  };
  /** From the end of a refund on. */
  readonly records: { readonly retentionMs: number };
  readonly policy: PolicySettings;
  readonly http: {
    readonly host: string;
    readonly port: number;
    /** Addresses and networks of the peers that may name the client. */
    readonly trustedProxies: readonly string[];
  };
  /** `secrets`: any of them proves a sender; none: signatures are not taken. */
  readonly ingest: { readonly secrets: readonly Uint8Array[]; readonly token: string | null };
  readonly operators: readonly Operator[];
  /** An act about more than this takes two people; null: none does. */
  readonly approvalThresholdWon: number | null;
  /** The first one encrypts; all decrypt. */
  readonly dataKeys: readonly DataKey[];
  /** `webhookSecrets`: each of them signs; none: sent without a signature. */
  readonly events: {
    readonly webhookUrl: string | null;
    readonly webhookSecrets: readonly Uint8Array[];
    readonly proxy: string | null;
  };
  readonly alerts: {
    /** null: nobody is alerted. */
    readonly receiver: {
      readonly url: string;
      readonly kind: AlertKind;
      readonly language: keyof Text;
      /** Without a slash at the end; null: not known. */
      readonly deskUrl: string | null;
      readonly proxy: string | null;
    } | null;
    /** Hours in Seoul; null: none is quiet. */
    readonly quiet: { readonly from: number; readonly to: number } | null;
  };
  /** HTTPS_PROXY, whether or not anything is reached through it. */
  readonly proxy: string | null;
  readonly logLevel: Values['LOG_LEVEL'];
}

const dayMs = 86_400_000;

/** @throws ConfigError with all problems. */
export function loadConfig(env: Environment): Config {
  const read = readValues(env);
  const problems = [...read.problems, ...crossProblems(read)];
  if (read.kind === 'wrong' || problems.length > 0) throw new ConfigError(problems);
  return group(read.values);
}

/** For commands that talk to Bootpay. @throws ConfigError naming both pairs. */
export function requireCredentials(config: Config): Credentials {
  if (config.bootpay.credentials !== null) return config.bootpay.credentials;
  throw new ConfigError([
    'expected BOOTPAY_CLIENT_KEY and BOOTPAY_SECRET_KEY, or BOOTPAY_APPLICATION_ID and BOOTPAY_PRIVATE_KEY (Bootpay 인증 정보 한 쌍 필요), got nothing',
  ]);
}

function group(values: Values): Config {
  const { HTTPS_PROXY: proxy, NO_PROXY: except, EVENTS_WEBHOOK_URL: webhookUrl } = values;
  const proxyTo = (address: string) => proxyFor(address, proxy, except ?? []);
  return {
    production: values.NODE_ENV === 'production',
    redis: {
      url: values.REDIS_URL,
      prefix: values.REDIS_PREFIX,
      sentinel: { username: values.REDIS_SENTINEL_USERNAME, password: values.REDIS_SENTINEL_PASSWORD },
    },
    bootpay: {
      baseUrl: values.BOOTPAY_BASE_URL,
      credentials: credentialsOf(values),
      timeoutMs: values.BOOTPAY_TIMEOUT_MS,
      connectTimeoutMs: values.BOOTPAY_CONNECT_TIMEOUT_MS,
      proxy: proxyTo(values.BOOTPAY_BASE_URL),
      callsPerSecond: values.BOOTPAY_CALLS_PER_SECOND,
    },
    worker: {
      concurrency: values.WORKER_CONCURRENCY,
      health: { host: values.WORKER_HEALTH_HOST, port: values.WORKER_HEALTH_PORT },
    },
    records: { retentionMs: values.RECORD_RETENTION_DAYS * dayMs },
    policy: policyOf(values),
    http: {
      host: values.HTTP_HOST,
      port: values.HTTP_PORT,
      trustedProxies: values.TRUSTED_PROXIES ?? [],
    },
    ingest: { secrets: values.INGEST_SECRET ?? [], token: values.INGEST_TOKEN },
    operators: values.OPERATORS ?? [],
    approvalThresholdWon: values.APPROVAL_THRESHOLD_WON,
    dataKeys: values.DATA_KEYS ?? [],
    events: {
      webhookUrl,
      webhookSecrets: values.EVENTS_WEBHOOK_SECRET ?? [],
      proxy: webhookUrl === null ? null : proxyTo(webhookUrl),
    },
    alerts: alertsOf(values, proxyTo),
    proxy,
    logLevel: values.LOG_LEVEL,
  };
}

function alertsOf(values: Values, proxyTo: (address: string) => string | null): Config['alerts'] {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_KIND: kind, ALERT_LANGUAGE: language } = values;
  const quiet = values.ALERT_QUIET_HOURS;
  if (url === null) return { receiver: null, quiet };
  const known = kind === 'auto' ? alertKindOf(url) : kind;
  return { receiver: { url, kind: known, language, deskUrl: values.DESK_URL, proxy: proxyTo(url) }, quiet };
}

function policyOf(values: Values): PolicySettings {
  return {
    retryMaxAttempts: values.RETRY_MAX_ATTEMPTS,
    retryBaseMs: values.RETRY_BASE_MS,
    retryMaxMs: values.RETRY_MAX_MS,
    retryDeadlineMs: values.RETRY_DEADLINE_MS,
    lookUpScheduleMs: values.LOOK_UP_SCHEDULE_MS,
    settleWindowMs: values.SETTLE_WINDOW_MS,
    callTimeoutMs: values.BOOTPAY_TIMEOUT_MS,
  };
}

function credentialsOf(values: Values): Credentials | null {
  const { BOOTPAY_CLIENT_KEY: clientKey, BOOTPAY_SECRET_KEY: secretKey } = values;
  if (clientKey !== null && secretKey !== null) return { kind: 'basic', clientKey, secretKey };
  const { BOOTPAY_APPLICATION_ID: applicationId, BOOTPAY_PRIVATE_KEY: privateKey } = values;
  if (applicationId !== null && privateKey !== null) return { kind: 'bearer', applicationId, privateKey };
  return null;
}
