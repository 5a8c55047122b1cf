// Planted bugs in the ledger's scripts, and in who is rung for what.
import type { PlantedBug } from '../planted-bugs.ts';

export const writes: readonly PlantedBug[] = [
  {
    name: 'hold dropped',
    scenario: 'no-id-guard',
    within: 300,
    shows: /is sent while|is refused a write/,
    edits: [
      { file: 'ledger/scripts/begin.lua', find: 'if holder and holder ~= id then', put: 'if false then' },
    ],
  },
  {
    name: 'the version ignored',
    scenario: 'plain',
    within: 300,
    shows: /became v|written twice|was rewritten|moved from/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if tonumber(stored[1]) ~= step.version or stored[2] ~= step.state_before or another then',
        put: 'if stored[2] ~= step.state_before or another then',
      },
    ],
  },
  {
    name: 'the same event accepted twice',
    scenario: 'plain',
    within: 100,
    shows: /moved from null|written|became/,
    edits: [{ file: 'ledger/scripts/accept.lua', find: 'if stored[1] then', put: 'if false then' }],
  },
  {
    name: 'a lost job is never rung again',
    scenario: 'plain',
    within: 300,
    shows: /it is quiet/,
    edits: [{ file: 'worker/sweeper.ts', find: '  else await deps.revive(refund, jobId);\n', put: '' }],
  },
  {
    name: 'a ring given up because another writer was first',
    scenario: 'plain',
    within: 100,
    shows: /and its job ends/,
    edits: [
      {
        file: 'worker/write.ts',
        find: "return { kind: 'delayed', until: clock.now() + afterAnotherWriterMs, refund: null };",
        put: `return clock.now() > 0
    ? { kind: 'done' }
    : { kind: 'delayed', until: clock.now() + afterAnotherWriterMs, refund: null };`,
      },
    ],
  },
  {
    name: 'a cancel_id of two refunds',
    scenario: 'plain',
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
    name: 'what follows from a look-up written although the receipt has moved on',
    scenario: 'by-hand',
    within: 300,
    shows: /the receipt has moved on since/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if holder ~= id or (tonumber(receipt[2]) or 0) ~= step.receipt_version then',
        put: 'if holder ~= id then',
      },
    ],
  },
  {
    name: 'what follows from a look-up written while another refund holds the receipt',
    scenario: 'by-hand',
    within: 1_200,
    shows: /while another holds the receipt/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if holder ~= id or (tonumber(receipt[2]) or 0) ~= step.receipt_version then',
        put: 'if (tonumber(receipt[2]) or 0) ~= step.receipt_version then',
      },
    ],
  },
  {
    name: 'a reply written over an attempt that another process made anew',
    scenario: 'failover',
    within: 300,
    shows: /was rewritten|left sending although/,
    edits: [
      {
        file: 'ledger/scripts/commit.lua',
        find: 'if tonumber(stored[1]) ~= step.version or stored[2] ~= step.state_before or another then',
        put: 'if tonumber(stored[1]) ~= step.version then',
      },
    ],
  },
  {
    name: 'a beginning stops the other live jobs of its refund',
    scenario: 'repeated-events',
    within: 100,
    shows: /is refused a write, and its receipt is as it was/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: "if not holder then redis.call('HSET', KEYS[2], 'lock', id) end",
        put: "redis.call('HSET', KEYS[2], 'lock', id, 'version', (tonumber(receipt[2]) or 0) + 1)\nreceipt[2] = tostring((tonumber(receipt[2]) or 0) + 1)",
      },
    ],
  },
  {
    name: 'activations of several jobs counted together',
    scenario: 'repeated-events',
    within: 300,
    shows: /is poison after/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: "counted(before, ';' .. job.job_id .. '=')",
        put: "counted(before, ';all=')",
      },
    ],
  },
  {
    name: 'a repeated event rings under a name of its own',
    scenario: 'repeated-events',
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
    name: 'a beginning that comes late shortens a wait',
    scenario: 'plain',
    within: 1_000,
    shows: /before its wake-up|was rewritten/,
    edits: [
      {
        file: 'ledger/scripts/begin.lua',
        find: 'written > math.max(now, redis_now()) + HOSTS_DIFFER_MS',
        put: 'written > now + HOSTS_DIFFER_MS',
      },
    ],
  },
];
