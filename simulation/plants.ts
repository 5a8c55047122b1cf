// Planted bugs: each is a change of some lines in a copy of `src`, and a promise in how many histories of which world
// the simulation finds it. Test only; nothing here is ever imported by `src`.

export interface Plant {
  readonly name: string;
  readonly world: string;
  /** Found within so many histories from index 0 with the seed `plants`. */
  readonly within: number;
  /** What is wrong then. */
  readonly shows: RegExp;
  readonly edits: readonly Edit[];
}

interface Edit {
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly put: string;
}

export const plants: readonly Plant[] = [
  {
    name: 'hold dropped',
    world: 'no-id-guard',
    within: 300,
    shows: /is sent while/,
    edits: [
      { file: 'ledger/scripts/begin.lua', find: 'if holder and holder ~= id then', put: 'if false then' },
    ],
  },
  {
    name: 'hold released while the outcome is unknown',
    world: 'no-id-guard',
    within: 300,
    shows: /is sent while|won moved|still/,
    edits: [
      {
        file: 'policies/next-record.ts',
        find: "const hold = to === 'unknown' || open ? 'keep' : 'release';",
        put: "const hold = 'release';",
      },
    ],
  },
  {
    name: 'no look-up before a retry',
    world: 'refused-but-paid',
    within: 300,
    shows: /was paid 2 times|were asked for/,
    edits: [
      {
        file: 'worker/attempt-refund.ts',
        find: 'const looked = await deps.gateway.lookUp(refund.receiptId, deps.stopping);',
        put: `const looked =
    refund.state === 'waiting_retry' && refund.lastLookUp !== null
      ? ({ kind: 'accepted', httpStatus: 200, body: refund.lastLookUp.receipt } as const)
      : await deps.gateway.lookUp(refund.receiptId, deps.stopping);`,
      },
    ],
  },
  {
    name: 'settled by status alone',
    world: 'status-20',
    within: 300,
    shows: /succeeded with|is a mismatch, and its look-up shows zero/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: "  if (amountWon === 0) return { kind: 'zero' };",
        put: `  if (cancel.kind === 'full' && receipt.status === 20) return { kind: 'landed', amountWon };
  if (amountWon === 0) return { kind: 'zero' };`,
      },
    ],
  },
  {
    name: 'a new id for each attempt',
    world: 'plain',
    within: 100,
    shows: /two cancel_ids in one generation/,
    edits: [
      {
        file: 'policies/next-record.ts',
        find: 'cancelId: cancelIdFor(refund.firstCancelId, refund.generation),',
        put: 'cancelId: cancelIdFor(refund.firstCancelId, refund.attempts.length + 1),',
      },
    ],
  },
  {
    name: 'T0 taken anew for each attempt',
    world: 'refused-but-paid',
    within: 300,
    shows: /was paid 2 times|were asked for/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `  if (refund.baseline !== null && refund.attempts.length > 0) {
    const growth = growthOf(refund.cancel, refund.baseline, { receipt, account });`,
        put: `  if (refund.baseline !== null && refund.attempts.length > 0) {
    const growth = growthOf(refund.cancel, baselineFrom(receipt, account), { receipt, account });`,
      },
    ],
  },
  {
    name: 'growth without our own settlements',
    world: 'plain',
    within: 300,
    shows: /succeeded with|is a mismatch, and its look-up shows zero/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'const ours = account.settledWon - baseline.settledWon;',
        put: 'const ours = 0;',
      },
    ],
  },
  {
    name: 'a stale look-up believed',
    world: 'lagging-look-ups',
    within: 1_000,
    shows: /won moved|after stale look-up|shows stale/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return receipt.cancelledWon < account.highestWon;',
        put: 'return receipt.cancelledWon < 0 && account.highestWon < 0;',
      },
    ],
  },
  {
    name: 'the next generation before the settle window',
    world: 'burnt-and-paid',
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
    world: 'plain',
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
    // The version guards all the rest: only after lost writes does the hold speak of another refund.
    name: 'the fence ignored',
    world: 'failover',
    within: 1_000,
    shows: /is sent while|was rewritten/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: "local fenced = ARGV[3] == '' or (receipt[1] == id and receipt[2] == ARGV[3])",
        put: 'local fenced = true',
      },
    ],
  },
  {
    name: 'the version ignored',
    world: 'plain',
    within: 300,
    shows: /became v|written twice|was rewritten|moved from/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if tonumber(stored[1]) ~= version or not fenced then',
        put: 'if not fenced then',
      },
    ],
  },
  {
    name: 'the attempt written after the call',
    world: 'plain',
    within: 20,
    shows: /called without an attempt/,
    edits: [
      {
        file: 'worker/send-cancel.ts',
        find: '  const written = await writeAttempt(deps, activation, t0);\n',
        put: `  await gateway.cancel({
    receiptId: activation.refund.receiptId,
    cancelId: activation.refund.firstCancelId,
    cancel: activation.refund.cancel,
    username: null,
    message: null,
    account,
  });
  const written = await writeAttempt(deps, activation, t0);
`,
      },
    ],
  },
  {
    name: 'the call made however late',
    world: 'plain',
    within: 1_000,
    shows: /ms after its attempt|called without an attempt/,
    edits: [
      {
        file: 'worker/send-cancel.ts',
        find: 'attempt.sentAt + latestCallMs - clock.now()',
        put: 'attempt.sentAt + latestCallMs * 1_000 - clock.now()',
      },
    ],
  },
  {
    name: 'a time-out taken for a failure',
    world: 'no-id-guard',
    within: 300,
    shows: /paid 2 times|won moved|is sent while|is waiting_retry after no_answer/,
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
    world: 'plain',
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
    world: 'no-id-guard',
    within: 1_000,
    shows: /paid 2 times|won moved|is waiting_retry after refused RC_CANCEL_CRITICAL_ERROR/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `    case 'critical':
      return { ...terminal, keepsHold: true };`,
        put: `    case 'critical':
      return decideServerError(situation, attempt, reply);`,
      },
    ],
  },
  {
    name: 'any 2xx taken for the money',
    world: 'plain',
    within: 300,
    shows: /won moved|is succeeded after accepted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (answer.cancelledWon === null) return null;',
        put: "if (answer.cancelledWon === null) return cancel.kind === 'full' ? 1 : cancel.amountWon;",
      },
    ],
  },
  {
    name: 'not there believed before the settle window ends',
    world: 'no-id-guard',
    within: 300,
    shows: /paid 2 times|won moved|is sent again after a look-up that shows zero/,
    edits: [
      { file: 'policies/decide-next.ts', find: 'if (now < windowEndsAt) return', put: 'if (now < 0) return' },
    ],
  },
  {
    name: 'a replay allowed before the settle window ends',
    world: 'no-id-guard',
    within: 1_000,
    shows: /paid 2 times|won moved|before the settle window has ended/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: '  if (now >= notBefore) return null;',
        put: '  if (now >= notBefore || now > 0) return null;',
      },
    ],
  },
  {
    name: 'the same event accepted twice',
    world: 'plain',
    within: 100,
    shows: /moved from null|written|became/,
    edits: [{ file: 'ledger/scripts/accept.lua', find: 'if stored[1] then', put: 'if false then' }],
  },
  {
    name: 'a lost job is never rung again',
    world: 'plain',
    within: 300,
    shows: /it is quiet/,
    edits: [{ file: 'worker/sweeper.ts', find: '  else await deps.revive(refund, jobId);\n', put: '' }],
  },
  {
    name: 'landed though every attempt was refused, and settled',
    world: 'refused-but-paid',
    within: 300,
    shows: /is settled by a look-up/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `return refund.attempts.some(lacksDefiniteAnswer)
        ? { kind: 'settle'`,
        put: `return refund.attempts.length > 0
        ? { kind: 'settle'`,
      },
    ],
  },
  {
    name: 'accepted, not there, and sent again',
    world: 'plain',
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
    world: 'plain',
    within: 1_000,
    shows: /is waiting_retry after refused RC_SOMETHING_NEW/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: 'if (row === null) return { ...terminal, keepsHold: true };',
        put: 'if (row === null) return decideServerError(situation, attempt, reply);',
      },
    ],
  },
  {
    name: 'the refund account erased with the case',
    world: 'plain',
    within: 100,
    shows: /has lost its account/,
    edits: [
      {
        file: 'policies/next-record.ts',
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
    world: 'plain',
    within: 100,
    shows: /pays another account/,
    edits: [
      {
        file: 'worker/send-cancel.ts',
        find: `      message: refund.message,
      account,`,
        put: `      message: refund.message,
      account: null,`,
      },
    ],
  },
  {
    name: 'call_until without the time-out',
    world: 'no-id-guard',
    within: 20,
    shows: /may be called for/,
    edits: [
      {
        file: 'worker/send-cancel.ts',
        find: 'now + settings.callTimeoutMs + callMarginMs',
        put: 'now + callMarginMs',
      },
    ],
  },
  {
    name: 'a ring given up because another writer was first',
    world: 'plain',
    within: 100,
    shows: /and its job ends/,
    edits: [
      {
        file: 'worker/conclude.ts',
        find: "return { kind: 'come_back', at: clock.now() + afterAnotherWriterMs, refund: null };",
        put: `return clock.now() > 0
    ? { kind: 'finished' }
    : { kind: 'come_back', at: clock.now() + afterAnotherWriterMs, refund: null };`,
      },
    ],
  },
  {
    name: 'a deadline not renewed by a replay',
    world: 'plain',
    within: 100,
    shows: /has another deadline after replay/,
    edits: [
      {
        file: 'dead-letter/replay.ts',
        find: '      deadlineAt: facts.now + deps.settings.retryDeadlineMs,\n',
        put: '',
      },
    ],
  },
  {
    name: 'the settle window only for calls without a reply',
    world: 'no-id-guard',
    within: 300,
    shows: /before the settle window has ended/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: '!lacksDefiniteAnswer(last) || landedByLastLookUp(facts))',
        put: "last.outcome?.reply === 'refused' || landedByLastLookUp(facts))",
      },
    ],
  },
  {
    name: 'a cancel_id of two refunds',
    world: 'plain',
    within: 100,
    shows: /belongs to two refunds/,
    edits: [
      {
        file: 'ledger/scripts/accept.lua',
        find: "if owner and owner ~= id then return conflict('cancel_id', owner) end\n",
        put: '',
      },
    ],
  },
  {
    name: 'drift after one look-up',
    world: 'lagging-look-ups',
    within: 1_000,
    shows: /is called a drift/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: 'const twice = below !== null && below.fence === after.fence && now - below.at >= settleWindowMs;',
        put: 'const twice = below === null || now - below.at >= settleWindowMs;',
      },
    ],
  },
];

export function plantNamed(name: string): Plant {
  const found = plants.find((plant) => plant.name === name);
  if (found === undefined) throw new Error(`no plant ${name}`);
  return found;
}
