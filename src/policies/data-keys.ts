// Which data keys fit those of the other processes, and how a refund waits for one that is not here. Pure; times in ms.
import type { KeyName, KeyUse, OwnKeys, SealObstacle } from '../domain/data-keys.ts';
import type { ToDeadLetter, WaitForKey } from '../domain/decision.ts';
import type { MissingKey } from '../domain/ledger.ts';
import type { Text } from '../domain/problem.ts';
import type { Refund } from '../domain/refund.ts';
import { atDeadline, type Situation } from './decisions.ts';
import { deadlineOn } from './steady-clock.ts';

/** A key that comes wakes its refunds; without a word they look for it so often, in ms. */
const keyCheckMs = 10 * 60_000;
/** Where a worker has the key, the job is left to it for so long, in ms. */
const leftToAnotherMs = 2_000;

/** The ids of keys that accounts are sealed with, and that are not among these. */
function keysNotHere({ keys }: OwnKeys, { sealing }: KeyUse): readonly string[] {
  return sealing.filter((name) => !has(keys, name)).map(({ id }) => id);
}

/** Whether a worker runs that could not open what these keys seal. One in the same folder finds a key made later. */
function someWorkerLacks({ keys, folder }: OwnKeys, { workers }: KeyUse): boolean {
  const [seals] = keys;
  return workers.some((worker) => {
    const isInFolder = folder !== null && worker.folder === folder;
    return !isInFolder && (seals === undefined ? folder !== null : !has(worker.keys, seals));
  });
}

/** Whether a worker that runs has the key of this id, which is not here. */
export function someWorkerHas(id: string, { keys }: OwnKeys, { workers }: KeyUse): boolean {
  return workers.some((worker) => worker.keys.some((key) => key.id === id && !has(keys, key)));
}

/**
 * Configured keys are taken as they are, because a rotation begins somewhere. One that was made in a folder by chance is
 * not used while others use another one.
 */
export function sealObstacle(own: OwnKeys, use: KeyUse): SealObstacle | null {
  if (own.folder === null) return own.keys.length === 0 ? { kind: 'no_key' } : null;
  const ids = keysNotHere(own, use);
  return ids.length > 0 || someWorkerLacks(own, use) ? { kind: 'other_key', ids } : null;
}

/** What is wrong between these keys and those of the others, for people; null: nothing. */
export function keyTrouble(own: OwnKeys, use: KeyUse): Text | null {
  const ids = keysNotHere(own, use);
  if (ids.length > 0) {
    const names = ids.join(', ');
    return {
      en: `Refund accounts are sealed with the data key ${names}, which is not among the keys here: such a refund waits until a worker has it. Set DATA_KEYS alike everywhere (a local- key stands in .refund-worker/data-key of the folder in which it was made).`,
      ko: `환불 계좌가 데이터 키(${names})로 암호화되고 있는데 여기에는 그 키가 없어요. 작업자에 키가 생길 때까지 해당 환불은 대기해요. 모든 곳의 DATA_KEYS를 같게 설정해 주세요(local- 키는 만들어진 폴더의 .refund-worker/data-key에 있어요).`,
    };
  }
  if (!someWorkerLacks(own, use)) return null;
  const name = own.keys[0]?.id ?? '';
  return {
    en: `A worker that runs could not open a refund account sealed here${name === '' ? '' : ` (data key ${name})`}. Set DATA_KEYS alike everywhere.`,
    ko: `여기에서 암호화한 환불 계좌${name === '' ? '' : `(데이터 키 ${name})`}를 열 수 없는 작업자가 실행 중이에요. 모든 곳의 DATA_KEYS를 같게 설정해 주세요.`,
  };
}

function has(keys: readonly KeyName[], { id, print }: KeyName): boolean {
  return keys.some((key) => key.id === id && key.print === print);
}

/**
 * The account of this refund cannot be opened here. The wait has a deadline of its own, a whole one from its beginning
 * on; what was left of the refund's comes back with the key.
 */
export function decideNoKey(
  { refund, now, settings, jumpedAt, chance }: Omit<Situation, 'account' | 'steadySince'>,
  { keyId, elsewhere }: MissingKey,
): WaitForKey | ToDeadLetter {
  const wait = { ...waitOf(refund, now), keyId };
  const deadlineAt = wait.since + settings.retryDeadlineMs;
  const endsAt = deadlineOn(deadlineAt, { jumpedAt, settings });
  if (now >= endsAt) return atDeadline({ ...refund, keyWait: wait });
  const delayMs = elsewhere ? leftToAnotherMs * (0.5 + chance / 2) : keyCheckMs;
  const at = Math.min(Math.round(now + delayMs), endsAt);
  return { kind: 'wait_for_key', wait, deadlineAt, at, reason: `the data key ${keyId} is not here` };
}

/** A worker has the key: the refund is looked at now, and still waits until one has opened its account. */
export function decideKeyIsHere(
  refund: Refund,
  wait: NonNullable<Refund['keyWait']>,
  now: number,
): WaitForKey {
  const reason = `a worker has the data key ${wait.keyId}`;
  return { kind: 'wait_for_key', wait, deadlineAt: refund.deadlineAt, at: now, reason };
}

/** The key is here: the refund goes on with what was left of its deadline. */
export function withKey({ keyWait, ...refund }: Refund, now: number): Refund {
  return keyWait === undefined ? refund : { ...refund, deadlineAt: now + keyWait.leftMs };
}

function waitOf({ keyWait, deadlineAt }: Refund, now: number): { since: number; leftMs: number } {
  if (keyWait === undefined) return { since: now, leftMs: Math.max(deadlineAt - now, 0) };
  // A beginning that a clock wrote while it was ahead would put the end off.
  return { since: Math.min(keyWait.since, now), leftMs: keyWait.leftMs };
}
