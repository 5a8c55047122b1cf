// The people of the desk and of the API: operators, and what each role may do.

/** Each may do what those before it may. */
export const operatorRoles = ['viewer', 'reviewer', 'approver'] as const;
export type OperatorRole = (typeof operatorRoles)[number];

export interface Person {
  readonly name: string;
  readonly role: OperatorRole;
}

/**
 * The same letters, composed as most keyboards type them or decomposed as some do. Who may be the second person is
 * asked of `isSamePerson`, which also sees through names that look alike.
 */
export function isSameName(one: string, other: string): boolean {
  return one.normalize('NFC') === other.normalize('NFC');
}

/** Whether a role includes another. */
export function isAtLeast(role: OperatorRole, wanted: OperatorRole): boolean {
  return operatorRoles.indexOf(role) >= operatorRoles.indexOf(wanted);
}
