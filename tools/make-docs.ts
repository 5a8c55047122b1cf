// Writes the pages that are made from the code's own tables; `--check` only names those that are stale and exits with 1.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CaseRule, caseRules, deadLetterCases } from '../src/domain/refund.ts';
import { paymentMethods } from '../src/domain/reply.ts';
import { isOpen, type Move, moves, stateSchema } from '../src/domain/states.ts';
import { type CaseQuestion, wordsFor } from '../src/policies/case-advice.ts';
import type { CaseWords } from '../src/policies/case-words.ts';
import { type Disposition, type ErrorRow, errorTable } from '../src/policies/error-table.ts';
import {
  bootpayNames,
  type CancelWindow,
  type MethodPolicy,
  methodPolicies,
} from '../src/policies/method-policies.ts';
import { type PgErrorRow, pgErrorTable } from '../src/policies/pg-error-table.ts';
import { performanceNumbers } from './performance-page.ts';
import { simulationNumbers } from './simulation-page.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

export interface Page {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

export function makePages(): readonly Page[] {
  return [
    { path: 'docs/error-codes.md', text: errorCodesPage() },
    ...performancePages(),
    { path: 'docs/simulation.md', text: simulationPage() },
    { path: 'docs/state-machine.md', text: stateMachinePage() },
  ];
}

export function stalePages(): readonly Page[] {
  return makePages().filter(({ path, text }) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
}

const happens: Record<Disposition, string> = {
  retry: 'tried again with backoff, unless the PG code below says that it cannot pass',
  dead_letter: 'dead letter',
  check_first:
    'dead letter; looked up first when an earlier attempt of this refund has no definite answer, and settled if it landed',
  id_exists: 'looked up until the settle window ends; dead letter on a first attempt',
  critical: 'dead letter, always: never retried, never closed by the machine; keeps the lock on its receipt',
  unauthorized:
    'the lane is held, or dead letter where only this receipt is refused (it is of another project)',
};

const pgHappens: Record<PgErrorRow['disposition'], string> = {
  permanent: 'dead letter',
  already_cancelled: 'as `RC_ALREADY_CANCELLED`',
  retry: 'tried again with backoff',
};

function errorCodesPage(): string {
  return page(
    '# Error codes',
    madeFrom(
      'src/policies/error-table.ts',
      'src/policies/pg-error-table.ts',
      'src/policies/case-words.ts',
      'src/policies/method-policies.ts',
    ),
    'Names and numbers as on [the page](https://developers.bootpay.ai/server/cancel). The wire carries the name; the number is taken for it. The HTTP status decides nothing. A code that is not here is a dead letter, and nothing is assumed about its outcome.',
    '## What happens',
    table(
      ['number', 'name', 'meaning', 'what happens', 'severity', 'definitely refused'],
      errorTable.map((row) => [
        numberOf(row),
        `\`${row.name}\``,
        row.meaning.en,
        happens[row.disposition],
        row.severity,
        row.definite ? 'yes' : '**no**',
      ]),
    ),
    '"Definitely refused": an attempt answered with this moved no money.',
    '## What to do',
    ...errorTable.flatMap((row) => [
      `### ${row.name}${row.number === null ? '' : ` (${row.number})`}`,
      `${headline(row, 'ko')} ${row.meaning.ko} ${row.advice.ko}`,
      `${headline(row, 'en')} ${row.meaning.en} ${row.advice.en}`,
    ]),
    "## The gateways' own codes",
    'What stands in `pg_error_code` beside `RC_CANCEL_SERVER_ERROR`. The codes are each gateway’s own: with a gateway or a pair that is not here, the refund is tried again.',
    table(
      ['PG', 'code', '뜻', 'meaning', 'what happens', '대처 방법', 'what to do'],
      pgErrorTable.map((row) => [
        row.pg,
        row.code,
        row.meaning.ko,
        row.meaning.en,
        pgHappens[row.disposition],
        `${headline(row, 'ko')} ${row.advice.ko}`,
        `${headline(row, 'en')} ${row.advice.en}`,
      ]),
    ),
    "## Cases without a code of Bootpay's",
    'By the case, or by the rule that refused before a call; the other rules have the words of their code. Where several fit, the case comes before the code.',
    table(
      ['case or rule', '왜 멈췄나요, 대처 방법', 'why it stopped, what to do'],
      uncoded().map((question) => {
        const words = wordsFor(question);
        return [
          `\`${question.rule ?? question.case}\``,
          `${headline(words, 'ko')} ${words.advice.ko}`,
          `${headline(words, 'en')} ${words.advice.en}`,
        ];
      }),
    ),
    '## Methods',
    'Checked on the look-up before each call. Windows count calendar days in Seoul from the payment, the last one included; where a receipt may be of several kinds, the longest counts.',
    table(
      ['method', 'partial cancel', 'window', '비고', 'notes'],
      paymentMethods.map((method) => {
        const policy = methodPolicies[method];
        const partial = policy.partial.replace('_', ' ').replace('pgs', 'PGs');
        return [method, partial, windowsOf(policy), policy.notes.ko, policy.notes.en];
      }),
    ),
  );
}

/** What a clerk reads first. */
function headline({ why, toDo }: CaseWords, language: 'ko' | 'en'): string {
  return `**${why[language]}** (${toDo[language]}).`;
}

/** Each case that speaks for itself, and each rule that has no code. */
function uncoded(): CaseQuestion[] {
  const nothing = { code: null, pgCode: null, pg: null };
  const cases = deadLetterCases.filter((name) => name !== 'bootpay_refused' && name !== 'policy_refused');
  const rules = caseRules.filter((rule) => !Object.hasOwn(bootpayNames, rule));
  return [
    // All that is tried again is this code.
    ...cases.map((name) => ({
      ...nothing,
      case: name,
      code: name === 'retries_exhausted' ? 'RC_CANCEL_SERVER_ERROR' : null,
    })),
    ...rules.map((rule) => ({ ...nothing, case: caseOf(rule), rule })),
  ];
}

function caseOf(rule: CaseRule): CaseQuestion['case'] {
  if (rule === 'data_key_missing') return 'deadline_passed';
  return rule === 'look_up_unusable' || rule === 'cancel_unusable' ? 'bootpay_refused' : 'policy_refused';
}

function numberOf(row: ErrorRow): string {
  return row.number === null ? '-' : String(row.number);
}

function windowsOf({ windows }: MethodPolicy): string {
  return windows
    .map(({ funding, window }) => (funding === null ? said(window) : `${funding} ${said(window)}`))
    .join(', ');
}

function said(window: CancelWindow): string {
  if (window.kind === 'days') return `${window.days.toLocaleString('en-US')} days`;
  if (window.kind === 'years') return window.years === 1 ? '1 year' : `${window.years} years`;
  return 'same calendar month';
}

function stateMachinePage(): string {
  const states = stateSchema.options;
  return page(
    '# State machine of a refund',
    madeFrom('src/domain/states.ts'),
    'Numbers are the rows of the table. Dead letters wait for a person; moves marked "operator" are a person’s.',
    [
      '```mermaid',
      'stateDiagram-v2',
      '  [*] --> queued : event accepted',
      ...moves.map((move, index) => `  ${move.from} --> ${move.to} : ${label(move, index)}`),
      '  succeeded --> [*]',
      '  resolved --> [*]',
      '```',
    ].join('\n'),
    table(
      ['', 'from', 'to', 'by', 'when'],
      moves.map((move, index) => [
        String(index + 1),
        `\`${move.from}\``,
        `\`${move.to}\``,
        move.by === 'operator' ? '**operator**' : move.by,
        move.when,
      ]),
    ),
    `Open states, each with a next wake-up and a deadline: ${list(states.filter(isOpen))}. The others: ${list(states.filter((state) => !isOpen(state)))}. A move that is not in the table is refused; staying in an open state is none.`,
  );
}

function simulationPage(): string {
  const { intro, head, rows, weaker } = simulationNumbers();
  return page(
    '# Simulated histories',
    madeFrom('docs/simulation.json', 'simulation/scenarios.ts'),
    intro,
    table(head, rows),
    'Each history plays one to six refunds on one to four payments, with faults at every boundary, and is judged by the payment book of the gateway double and by our records alone. A scenario changes one thing about Bootpay that nobody knows for certain. "Excused" counts what a weaker scenario cannot promise and says so:',
    weaker,
    'Go on where these numbers end, or run any part of them again:',
    '```sh\nnpm run simulate -- --collect docs/simulation.json --histories 10000\nnpm run simulate -- --seed 1 --scenario failover --from 1000 --histories 500\n```',
    'What the simulation does not cover is said in [safety.md](safety.md).',
  );
}

/** None before a first run was stored. */
function performancePages(): readonly Page[] {
  const told = performanceNumbers();
  if (told === null) return [];
  const text = page(
    '# Performance',
    madeFrom('docs/performance.json', 'docs/performance-changes.json'),
    told.intro,
    '```sh\nnpm run bench -- --quick\nnpm run bench -- --json docs/performance.json && npm run docs\n```',
    '## Goals',
    table(told.goals.head, told.goals.rows),
    ...told.sections.flatMap(({ title, about, tables, notes }) => [
      `## ${title}`,
      about,
      ...tables.map(({ head, rows }) => table(head, rows)),
      ...(notes === '' ? [] : [notes]),
    ]),
  );
  return [{ path: 'docs/performance.md', text }];
}

function label(move: Move, index: number): string {
  return move.by === 'worker' ? String(index + 1) : `${index + 1} ${move.by}`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function madeFrom(...sources: readonly string[]): string {
  return `<!-- Made by \`npm run docs\` from ${sources.join(', ')}. Do not edit. -->`;
}

function page(...blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function main(): void {
  const check = process.argv.includes('--check');
  for (const { path, text } of stalePages()) {
    if (check) {
      process.exitCode = 1;
      console.error(`${path} is stale: run \`npm run docs\``);
      continue;
    }
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
