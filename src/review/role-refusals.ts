// A person who tried what their role does not allow: kept with what people did.
import type { ActionKind, Actor } from '../domain/action.ts';
import type { RefundId } from '../domain/ids.ts';
import type { Ledger } from '../domain/ledger.ts';

/** One a minute of each kind and name: repeating it must not push other people's acts out of the stream. */
const onceInMs = 60_000;

interface RoleRefusal extends Actor {
  readonly what: ActionKind;
  readonly at: number;
  /** null: it is about no refund. */
  readonly refundId: RefundId | null;
}

export async function keepRoleRefusal(
  ledger: Pick<Ledger, 'claim' | 'recordAction'>,
  { what, who, ...refusal }: RoleRefusal,
): Promise<void> {
  if (!(await ledger.claim(`refused:${what}:${who}`, onceInMs))) return;
  await ledger.recordAction({ ...refusal, what, who, answer: 'refused', rule: 'role' });
}
