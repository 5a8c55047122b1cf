// Run by a test under other time zones: prints what the policies say of payments around every kind of border, and of
// days off.
import type { Receipt } from '../../src/domain/reply.ts';
import { cancelWindowEndsAt, policyRefusal } from '../../src/policies/method-policies.ts';
import { customerNotice, refundByFor } from '../../src/policies/notices.ts';
import { seoulDate } from '../../src/policies/seoul-time.ts';
import { daysOff } from './days-off.ts';
import { receiptWith } from './receipts.ts';
import { sameSeoulMonth } from './same-seoul-month.ts';

/** Every kind of payment the page tells apart, and what it leaves open. */
export const kinds = [
  ['card', null],
  ['bank', null],
  ['vbank', null],
  ['phone', null],
  ['naverpay', null],
  ['kakaopay', 'card'],
  ['kakaopay', 'money'],
  ['kakaopay', null],
  ['payco', 'card'],
  ['payco', 'account'],
  ['payco', null],
] as const satisfies readonly (readonly [Receipt['method'], Receipt['funding']])[];

const hour = 3_600_000;

/** Around each first of a month, each end of February and a day that Samoa never had: midnights of Seoul and of UTC. */
function instants(): number[] {
  const days = [Date.UTC(2011, 11, 30), Date.UTC(2011, 11, 31)];
  for (let year = 2023; year <= 2028; year += 1) {
    for (let month = 0; month < 12; month += 1) days.push(Date.UTC(year, month, 1));
    days.push(Date.UTC(year, 1, 28), Date.UTC(year, 1, 29));
  }
  return days.flatMap((day) => [day - 9 * hour - 1, day - 9 * hour, day - 1, day, day + 5 * hour]);
}

/** One line of JSON for each time of payment. */
export function rows(): readonly string[] {
  return instants().map((at) =>
    JSON.stringify([at, seoulDate(at), refundByFor(at), kinds.map((kind) => rowOf(kind, at))]),
  );
}

function rowOf([method, funding]: (typeof kinds)[number], at: number): unknown {
  const receipt = receiptWith({ method, funding, purchasedAt: at });
  const endsAt = cancelWindowEndsAt(receipt) ?? 0;
  const cancel = { kind: 'full', taxFreeWon: null } as const;
  const asked = { cancel, account: 'kept', receipt, acknowledged: false } as const;
  const verdicts = [at, endsAt, endsAt + 1].map((now) => policyRefusal({ ...asked, now })?.code ?? 'open');
  return [
    endsAt,
    ...verdicts,
    sameSeoulMonth(at, endsAt),
    customerNotice({ cancel, receipt, now: at + 9 * hour }).why,
  ];
}

export interface Printed {
  /** Where the process says it stands, and what its clock shows at midnight UTC in winter and in summer. */
  readonly timeZone: string;
  readonly hours: readonly number[];
  readonly rows: readonly string[];
  readonly daysOff: readonly string[];
}

export const midnights = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)] as const;

function printedIn(timeZone: string): Printed {
  process.env['TZ'] = timeZone; // Node reads it again
  return {
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hours: midnights.map((at) => new Date(at).getHours()),
    rows: rows(),
    daysOff: daysOff(2024, 2030),
  };
}

// The zone it was started in comes first: what is worked out once and kept is worked out there.
if (process.argv[2] === 'print') process.stdout.write(JSON.stringify(process.argv.slice(3).map(printedIn)));
