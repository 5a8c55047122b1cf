// A shop of its own for the twenty cases: simulated Bootpay, worker and server in this process, and two people.
import { randomInt } from 'node:crypto';
import { type Simulator, startSimulator } from '../../simulator/index.ts';
import { openSystem, type System } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/config.ts';
import { type RefundId, refundIdSchema } from '../../src/domain/ids.ts';
import { silentLogger } from '../../src/logging/logger.ts';
import { hashPassword } from '../../src/server/password.ts';
import { startServer } from '../../src/server/server.ts';
import type { Lifecycle } from '../../src/shutdown.ts';
import type { DeskCase } from './case.ts';

export interface DeskOptions {
  readonly redisUrl: string;
  readonly redisPrefix: string;
  /** 0: any free one. */
  readonly httpPort: number;
  /** How long a case without a definite answer is closed to people. */
  readonly settleWindowMs: number;
}

export interface DeskPerson {
  readonly name: string;
  readonly role: 'reviewer' | 'approver';
  readonly password: string;
}

export interface Desk {
  readonly url: string;
  readonly simulator: Simulator;
  /** Of the worker: its waits are short. */
  readonly system: System;
  /** Of the server. */
  readonly front: System;
  readonly people: readonly [DeskPerson, DeskPerson];
  /** From now on a person who decides this case finds that a colleague was first. */
  colleagueTakes(id: RefundId): void;
}

/** A day's waits in seconds, but for the settle window, which people are to see. */
const quick = {
  RETRY_MAX_ATTEMPTS: '2',
  RETRY_BASE_MS: '100',
  RETRY_MAX_MS: '500',
  RETRY_DEADLINE_MS: '6000',
  LOOK_UP_SCHEDULE_MS: '500,1000,2000',
  SETTLE_WINDOW_MS: '1000',
  BOOTPAY_TIMEOUT_MS: '1500',
  BOOTPAY_CONNECT_TIMEOUT_MS: '500',
  BOOTPAY_CALLS_PER_SECOND: '50',
} as const;

export const approvalThresholdWon = 1_000_000;

export async function openDesk(lifecycle: Lifecycle, options: DeskOptions): Promise<Desk> {
  const simulator = await startSimulator({ scenario: { receipts: [] } });
  lifecycle.add('simulator', () => simulator.close());
  const people = [personOf('김민지', 'reviewer'), personOf('이서준', 'approver')] as const;
  const env = await environmentOf(simulator, people, options);
  const open = async (name: string, more: Record<string, string>, whenDown: 'wait' | 'fail') => {
    const system = await openSystem(loadConfig({ ...env, ...more }), { log: silentLogger(), whenDown });
    lifecycle.add(name, () => system.close(1_000));
    return system;
  };
  const back = await open('worker system', {}, 'wait');
  const worker = await back.startWorker();
  lifecycle.add('worker', () => worker.stop(1_000));
  const patient = { SETTLE_WINDOW_MS: String(options.settleWindowMs), RETRY_DEADLINE_MS: '600000' };
  const front = await open('system', patient, 'fail');
  const taken = new Set<RefundId>();
  const server = await startServer(withColleague(front, taken), { isWorkerRunning: worker.isRunning });
  lifecycle.add('server', () => server.close());
  const colleagueTakes = (id: RefundId) => void taken.add(id);
  return { url: server.url, simulator, system: back, front, people, colleagueTakes };
}

async function environmentOf(
  simulator: Simulator,
  people: readonly DeskPerson[],
  { redisUrl, redisPrefix, httpPort }: DeskOptions,
): Promise<Record<string, string>> {
  const { clientKey, secretKey } = simulator.switches.credentials;
  const operators = await Promise.all(
    people.map(async ({ name, role, password }) => ({
      name,
      role,
      password: await hashPassword(password, { n: 1_024, r: 8, p: 1 }),
    })),
  );
  return {
    ...quick,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redisPrefix,
    BOOTPAY_BASE_URL: simulator.url,
    BOOTPAY_CLIENT_KEY: clientKey,
    BOOTPAY_SECRET_KEY: secretKey,
    HTTP_PORT: String(httpPort),
    OPERATORS: JSON.stringify(operators),
    DATA_KEYS: `cases:${Buffer.alloc(32, 7).toString('base64')}`,
    APPROVAL_THRESHOLD_WON: String(approvalThresholdWon),
    LOG_LEVEL: 'silent',
  };
}

function personOf(name: string, role: DeskPerson['role']): DeskPerson {
  return { name, role, password: `desk-${randomInt(1_000, 10_000)}` };
}

export const colleague = '박도윤';

/** The colleague sends it again while the person's page is open: just before the person's own act arrives. */
function withColleague(system: System, taken: Set<RefundId>): System {
  const { deadLetters } = system;
  const takeFirst = async (id: RefundId) => {
    if (!taken.delete(id)) return;
    const { version = null } = (await system.ledger.read(id)) ?? {};
    const act = { who: colleague, via: 'desk', reason: '미정산 금액 채움 확인', version } as const;
    await deadLetters.replay(id, { ...act, newGeneration: false, acknowledge: false, edits: {} });
  };
  return {
    ...system,
    deadLetters: {
      ...deadLetters,
      replay: async (id, request) => {
        await takeFirst(id);
        return deadLetters.replay(id, request);
      },
      resolve: async (id, request) => {
        await takeFirst(id);
        return deadLetters.resolve(id, request);
      },
    },
  };
}

/** The ids of a case's refunds, in the order of its events. */
export type Prepared = ReadonlyMap<DeskCase, readonly RefundId[]>;

export function idOf(text: string | null | undefined): RefundId {
  return refundIdSchema.parse(text);
}
