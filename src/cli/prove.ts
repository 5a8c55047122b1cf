// What takes two people is asked for in a name that is proven: the password of that operator, as at the desk.
import type { Operator } from '../config/people-and-keys.ts';
import { isSameName } from '../domain/people.ts';
import type { ReviewResult } from '../review/ports.ts';
import type { Io } from './io.ts';

/** Acts; where the name has to be proven first, asks for the password and acts again, once. */
export async function provenIfNeeded(
  io: Io,
  { who, operators }: { readonly who: string; readonly operators: readonly Operator[] },
  act: (proven: boolean) => Promise<ReviewResult>,
): Promise<ReviewResult> {
  const first = await act(false);
  const isNeeded = first.kind === 'refused' && first.rule === 'approval_login';
  if (!isNeeded || io.askHidden === undefined) return first;
  const typed = await io.askHidden(`Password of ${who} (비밀번호): `);
  const operator = operators.find(({ name }) => isSameName(name, who));
  const { verifyPassword } = await import('../server/password.ts');
  const isProven = typed !== undefined && (await verifyPassword(typed, operator?.password ?? null));
  return isProven && operator !== undefined ? act(true) : first;
}
