// Planted bugs around a call: what is sent, and what a reply is taken for.
import type { PlantedBug } from '../planted-bugs.ts';

export const calls: readonly PlantedBug[] = [
  {
    name: 'hold released while the outcome is unknown',
    scenario: 'no-id-guard',
    within: 300,
    shows: /is sent while|won moved|still/,
    edits: [
      {
        file: 'policies/transition.ts',
        find: "const lock = to === 'unknown' || unclear ? 'keep' : 'release';",
        put: "const lock = 'release';",
      },
    ],
  },
  {
    name: 'no look-up before a retry',
    scenario: 'refused-but-paid',
    within: 300,
    shows: /was paid 2 times|were asked for/,
    edits: [
      {
        file: 'worker/refund-job.ts',
        find: 'const looked = await deps.gateway.lookUp(refund.receiptId, deps.stopping);',
        put: `const looked =
    refund.state === 'waiting_retry' && refund.lastLookUp !== null
      ? ({ kind: 'accepted', httpStatus: 200, body: refund.lastLookUp.receipt } as const)
      : await deps.gateway.lookUp(refund.receiptId, deps.stopping);`,
      },
    ],
  },
  {
    name: 'a new id for each attempt',
    scenario: 'plain',
    within: 100,
    shows: /two cancel_ids in one generation/,
    edits: [
      {
        file: 'policies/transition.ts',
        find: 'cancelId: cancelIdFor(refund.firstCancelId, refund.generation),',
        put: 'cancelId: cancelIdFor(refund.firstCancelId, refund.attempts.length + 1),',
      },
    ],
  },
  {
    name: 'T0 taken anew for each attempt',
    scenario: 'refused-but-paid',
    within: 300,
    shows: /was paid 2 times|were asked for|which is not its own/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `  if (isStale(receipt, account)) return lookAgainSoon(situation);
  const growth = refundGrowth(refund, { receipt, account });`,
        put: `  if (isStale(receipt, account)) return lookAgainSoon(situation);
  const anew = { attempts: refund.attempts, totalsBefore: totalsFrom(receipt, account) };
  const growth = refundGrowth(anew, { receipt, account });`,
      },
    ],
  },
  {
    name: 'the next generation before the settle window',
    scenario: 'burnt-and-paid',
    within: 300,
    shows: /was paid 2 times|without an answered refusal|is waiting_retry after refused/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: "? look(nextLookUpAt({ originAt: now, now, settings }), 'the cancel_id exists already')",
        put: "? { kind: 'retry_at', at: now, nextGeneration: true, reason: 'the cancel_id exists already' }",
      },
    ],
  },
  {
    name: 'a refusal that is not there counted as landed',
    scenario: 'plain',
    within: 300,
    shows: /0 won moved|by a look-up that shows zero/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `      return deadLetter(
        'bootpay_refused',
        { code, severity: 'critical' },
        'refused, and the money did not go back',
      );`,
        put: "      return { kind: 'settle', settledWon: refund.cancel.kind === 'full' ? 1 : refund.cancel.amountWon, by: 'look_up' };",
      },
    ],
  },
  {
    name: 'the attempt written after the call',
    scenario: 'plain',
    within: 20,
    shows: /called without an attempt/,
    edits: [
      {
        file: 'worker/call-once.ts',
        find: '  const written = await writeAttempt(deps, activation, totalsBefore);\n',
        put: `  await gateway.cancel({
    receiptId: activation.refund.receiptId,
    cancelId: activation.refund.firstCancelId,
    cancel: activation.refund.cancel,
    username: null,
    message: null,
    account,
  });
  const written = await writeAttempt(deps, activation, totalsBefore);
`,
      },
    ],
  },
  {
    name: 'the call made however late',
    scenario: 'plain',
    within: 1_000,
    shows: /ms after its attempt|called without an attempt/,
    edits: [
      {
        file: 'worker/call-once.ts',
        find: 'attempt.sentAt + latestCallMs - clock.now()',
        put: 'attempt.sentAt + latestCallMs * 1_000 - clock.now()',
      },
    ],
  },
  {
    name: 'a time-out taken for a failure',
    scenario: 'no-id-guard',
    within: 300,
    shows: /paid 2 times|won moved|is sent while|is waiting_retry after (no_answer|unreadable)/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
        find: 'return look(nextLookUpAt({ originAt: now, now, settings }), `${reply.kind}: ${reply.cause}`);',
        put: 'return retry(retryTime(situation, 1), reply.cause);',
      },
    ],
  },
  {
    name: 'a time-out taken for a success',
    scenario: 'plain',
    within: 100,
    shows: /won moved|is succeeded after (no_answer|unreadable)/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code.
        find: 'return look(nextLookUpAt({ originAt: now, now, settings }), `${reply.kind}: ${reply.cause}`);',
        put: "return { kind: 'settle', settledWon: refund.cancel.kind === 'full' ? 1 : refund.cancel.amountWon, by: 'answer' };",
      },
    ],
  },
  {
    name: '2086 retried',
    scenario: 'no-id-guard',
    within: 1_000,
    shows: /paid 2 times|won moved|is waiting_retry after refused RC_CANCEL_CRITICAL_ERROR/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `    case 'critical':
      return mayHavePaid;`,
        put: `    case 'critical':
      return decideServerError(situation, attempt, reply);`,
      },
    ],
  },
  {
    name: 'not there believed before the settle window ends',
    scenario: 'no-id-guard',
    within: 300,
    shows: /paid 2 times|won moved|is sent again after a look-up that shows zero/,
    edits: [
      { file: 'policies/decide-next.ts', find: 'if (now < windowEndsAt) return', put: 'if (now < 0) return' },
    ],
  },
  {
    name: 'accepted, not there, and sent again',
    scenario: 'plain',
    within: 1_000,
    shows: /is sent again after accepted/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: "return mismatch('accepted, and not there after the settle window');",
        put: "return retry(now, 'accepted, and not there after the settle window');",
      },
    ],
  },
  {
    name: 'an unlisted code retried',
    scenario: 'plain',
    within: 1_000,
    shows: /is waiting_retry after refused RC_SOMETHING_NEW/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: 'if (row === null) return mayHavePaid;',
        put: 'if (row === null) return decideServerError(situation, attempt, reply);',
      },
    ],
  },
  {
    name: 'the refund account erased with the case',
    scenario: 'plain',
    within: 100,
    shows: /has lost its account/,
    edits: [
      {
        file: 'policies/transition.ts',
        find: `          settledWon: null,
          resolution: null,
        }),`,
        put: `          settledWon: null,
          resolution: null,
          account: refund.account === 'kept' ? 'erased' : refund.account,
        }),`,
      },
    ],
  },
  {
    name: 'the refund account not sent',
    scenario: 'plain',
    within: 100,
    shows: /pays another account/,
    edits: [
      {
        file: 'worker/call-once.ts',
        find: `      message: refund.message,
      account,`,
        put: `      message: refund.message,
      account: null,`,
      },
    ],
  },
  {
    name: 'call_until without the time-out',
    scenario: 'no-id-guard',
    within: 20,
    shows: /may be called for/,
    edits: [
      {
        file: 'worker/call-once.ts',
        find: 'now + deps.settings.callTimeoutMs + callMarginMs',
        put: 'now + callMarginMs',
      },
    ],
  },
  {
    name: 'a stale look-up kept as the last one',
    scenario: 'siblings',
    within: 100,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'worker/refund-job.ts',
        find: 'const noted = isStale(receipt, account)',
        put: 'const noted = isStale(receipt, account) && at === 0',
      },
    ],
  },
  {
    name: 'a stale look-up attached as evidence',
    scenario: 'siblings',
    within: 300,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'worker/call-once.ts',
        find: "if (looked?.kind !== 'accepted' || isStale(looked.body, account)) return result;",
        put: "if (looked?.kind !== 'accepted') return result;",
      },
    ],
  },
];
