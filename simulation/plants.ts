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
    shows: /is sent while|is refused a write/,
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
    shows: /succeeded with|is a mismatch, and its look-up shows zero|is closed as/,
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
    shows: /was paid 2 times|were asked for|which is not its own/,
    edits: [
      {
        file: 'policies/decide-next.ts',
        find: `  if (isStale(receipt, account)) return lookAgainSoon(situation);
  const growth = refundGrowth(refund, { receipt, account });`,
        put: `  if (isStale(receipt, account)) return lookAgainSoon(situation);
  const anew = { attempts: refund.attempts, baseline: baselineFrom(receipt, account) };
  const growth = refundGrowth(anew, { receipt, account });`,
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
    name: 'the version ignored',
    world: 'plain',
    within: 300,
    shows: /became v|written twice|was rewritten|moved from/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if tonumber(stored[1]) ~= version or stored[2] ~= ARGV[28] or another then',
        put: 'if stored[2] ~= ARGV[28] or another then',
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
    shows: /is settled by a look-up|which is not its own/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return asksForTheSame(growth.attempt.cancel, cancel);',
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
        find: 'const twice = first !== null && now >= first.countsAt;',
        put: 'const twice = first === null || now >= first.countsAt;',
      },
    ],
  },
  {
    name: 'what follows from a look-up written although the receipt has moved on',
    world: 'by-hand',
    within: 300,
    shows: /the receipt has moved on since/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if holder ~= id or (tonumber(receipt[2]) or 0) ~= tonumber(ARGV[3]) then',
        put: 'if holder ~= id then',
      },
    ],
  },
  {
    name: 'what follows from a look-up written while another refund holds the receipt',
    world: 'by-hand',
    within: 1_000,
    shows: /while another holds the receipt/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if holder ~= id or (tonumber(receipt[2]) or 0) ~= tonumber(ARGV[3]) then',
        put: 'if (tonumber(receipt[2]) or 0) ~= tonumber(ARGV[3]) then',
      },
    ],
  },
  {
    name: 'a reply written over an attempt that another process made anew',
    world: 'failover',
    within: 300,
    shows: /was rewritten|left sending although/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if tonumber(stored[1]) ~= version or stored[2] ~= ARGV[28] or another then',
        put: 'if tonumber(stored[1]) ~= version then',
      },
    ],
  },
  {
    name: 'a beginning stops the other live jobs of its refund',
    world: 'repeated-events',
    within: 100,
    shows: /is refused a write, and its receipt is as it was/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: "if not holder then redis.call('HSET', KEYS[2], 'hold', id) end",
        put: "redis.call('HSET', KEYS[2], 'hold', id, 'version', (tonumber(receipt[2]) or 0) + 1)\nreceipt[2] = tostring((tonumber(receipt[2]) or 0) + 1)",
      },
    ],
  },
  {
    name: 'activations of several jobs counted together',
    world: 'repeated-events',
    within: 300,
    shows: /is poison after/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: "local name = ';' .. job .. '='",
        put: "local name = ';all='",
      },
    ],
  },
  {
    name: 'a repeated event rings under a name of its own',
    world: 'repeated-events',
    within: 100,
    shows: /is rung as/,
    edits: [
      {
        file: 'producer/enqueue.ts',
        find: '  return [acceptance];\n',
        put: '  return [{ ...acceptance, jobId: null }];\n',
      },
    ],
  },
  {
    name: 'marks ignored',
    world: 'siblings',
    within: 300,
    shows: /which is not its own|succeeds with|are to be counted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (account.marks > baseline.marks) return',
        put: 'if (account.marks < baseline.marks) return',
      },
    ],
  },
  {
    name: 'a case closed without its money leaves no mark',
    world: 'siblings',
    within: 100,
    shows: /is closed as \w+ without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'return { settledWon: 0, throughUs: false, marks: !nothingToCount };',
        put: 'return { settledWon: 0, throughUs: false, marks: false };',
      },
    ],
  },
  {
    name: 'a replay that passes over money leaves no mark',
    world: 'siblings',
    within: 300,
    shows: /is replayed without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: "const marks = closesDrift || growth?.kind === 'neither';",
        put: 'const marks = closesDrift;',
      },
    ],
  },
  {
    name: 'a drift closed without its money leaves no mark',
    world: 'hidden-for-a-time',
    within: 300,
    shows: /without a mark/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'if (isOpenDrift(refund)) return { settledWon: 0, throughUs: false, marks: true };',
        put: 'if (isOpenDrift(refund)) return { settledWon: 0, throughUs: false, marks: false };',
      },
    ],
  },
  {
    name: 'open drifts ignored',
    world: 'hidden-for-a-time',
    within: 300,
    shows: /which is not its own|succeeds with|is waiting_retry, and|is sent/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (ours < 0 || account.openDrifts > 0) return',
        put: 'if (ours < 0) return',
      },
    ],
  },
  {
    name: 'settled money below the baseline ignored',
    world: 'taken-back',
    within: 300,
    shows: /which is not its own|succeeds with|without a mark|the look-up shows neither/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'if (ours < 0 || account.openDrifts > 0) return',
        put: 'if (account.openDrifts > 0) return',
      },
    ],
  },
  {
    name: 'a stale look-up kept as the last one',
    world: 'siblings',
    within: 100,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'worker/attempt-refund.ts',
        find: `  const refund = isStale(receipt, account)
    ? withStaleLookUp(before.refund, seen.at)
    : withLookUp(before.refund, receipt, seen);`,
        put: '  const refund = withLookUp(before.refund, receipt, seen);',
      },
    ],
  },
  {
    name: 'a stale look-up attached as evidence',
    world: 'siblings',
    within: 300,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'worker/send-cancel.ts',
        find: "if (looked?.kind !== 'accepted' || isStale(looked.body, account)) return ended;",
        put: "if (looked?.kind !== 'accepted') return ended;",
      },
    ],
  },
  {
    name: 'a case closed by a stale look-up',
    world: 'siblings',
    within: 300,
    shows: /keeps a look-up from the past/,
    edits: [
      {
        file: 'dead-letter/resolve.ts',
        find: "return isStale(reply.body, after) ? 'stale' : reply.body;",
        put: 'return reply.body;',
      },
    ],
  },
  {
    name: 'a case closed whatever happened to its receipt since the look-up',
    world: 'by-hand',
    within: 300,
    shows: /the receipt has moved on since|while another holds the receipt/,
    edits: [
      {
        file: 'dead-letter/resolve.ts',
        find: 'const lookedAt = receipt === null ? {} : { lookedAt: { receiptVersion: account.version, held: false } };',
        put: 'const lookedAt = {};',
      },
    ],
  },
  {
    name: 'an old attempt judged by the edited amount',
    world: 'outside-cancels',
    within: 1_000,
    shows: /which is not its own|succeeds with|are to be counted/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: "  { attempts, baseline }: Pick<Refund, 'attempts' | 'baseline'>,",
        put: '  { attempts, baseline, cancel }: Refund,',
      },
      {
        file: 'policies/growth.ts',
        find: 'const found = growthOf(attempt.cancel, baseline, shown);',
        put: 'const found = growthOf(cancel, baseline, shown);',
      },
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return lacksDefiniteAnswer(growth.attempt);',
      },
    ],
  },
  {
    name: 'an edited refund settled by what an older attempt asked for',
    world: 'siblings',
    within: 1_000,
    shows: /which is not its own/,
    edits: [
      {
        file: 'policies/growth.ts',
        find: 'return lacksDefiniteAnswer(growth.attempt) && asksForTheSame(growth.attempt.cancel, cancel);',
        put: 'return lacksDefiniteAnswer(growth.attempt);',
      },
    ],
  },
  {
    name: 'a tax-free share above the edited amount',
    world: 'plain',
    within: 300,
    shows: /tax-free/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'if (amountWon !== null && (cancel.taxFreeWon ?? 0) > amountWon)',
        put: 'if (amountWon !== null && (cancel.taxFreeWon ?? 0) < 0)',
      },
    ],
  },
  {
    name: 'look-ups stay stale after a drift',
    world: 'taken-back',
    within: 100,
    shows: /and look-ups stay stale|less is shown/,
    edits: [{ file: 'reconcile/compare.ts', find: '      lowersHighest: true,\n', put: '' }],
  },
  {
    name: 'look-ups stay stale after a total that fell to what is settled',
    world: 'wrong-totals',
    within: 300,
    shows: /less is shown than was settled or shown before/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: "return twice ? 'reversed' : 'went_down';",
        put: "return 'went_down';",
      },
    ],
  },
  {
    name: 'a drift on a receipt that has moved on',
    world: 'taken-back',
    within: 1_000,
    shows: /is called a drift without|from now on without/,
    edits: [
      {
        file: 'policies/drift.ts',
        find: 'below === null || below.version !== version || below.at',
        put: 'below === null || below.at',
      },
    ],
  },
  {
    name: 'no new cancel_id for money that was taken back',
    world: 'taken-back',
    within: 300,
    shows: /its replay is not paid/,
    edits: [
      {
        file: 'policies/replay-rules.ts',
        find: 'return refused || ((takenAtOnce || takenBack) && wish.acknowledge) ? null',
        put: 'return refused || (takenAtOnce && wish.acknowledge) ? null',
      },
    ],
  },
  {
    name: 'a beginning that comes late shortens a wait',
    world: 'plain',
    within: 1_000,
    shows: /before its wake-up|was rewritten/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: 'written > math.max(now, gate_now() / 1000) + HOSTS_DIFFER_MS',
        put: 'written > now + HOSTS_DIFFER_MS',
      },
    ],
  },
];

export function plantNamed(name: string): Plant {
  const found = plants.find((plant) => plant.name === name);
  if (found === undefined) throw new Error(`no plant ${name}`);
  return found;
}
