// .ci/run with a pretended npm: what it counts, and that it never counts what was not run.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './project.ts';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly object[];
}

interface Story {
  readonly said: string;
  readonly install?: number;
  readonly demo?: number;
  readonly lint?: number;
  readonly types?: number;
  readonly bench?: number;
  readonly tests?: number;
  readonly report?: Report | string;
  readonly last: string;
  readonly exit: number;
}

const report = {
  numPassedTests: 10,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
const brokenFile = { status: 'failed', assertionResults: [] };
const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };

const stories: readonly Story[] = [
  { said: 'all is well', report, last: '13 passed, 0 failed', exit: 0 },
  { said: 'the demo fails', demo: 1, report, last: '12 passed, 1 failed', exit: 1 },
  { said: 'lint fails', lint: 1, report, last: '1 passed, 1 failed', exit: 1 },
  { said: 'the types are wrong', types: 1, report, last: '1 passed, 1 failed', exit: 1 },
  { said: 'nothing can be installed', install: 1, lint: 1, report, last: '0 passed, 2 failed', exit: 1 },
  { said: 'a bound of the benchmarks is broken', bench: 1, report, last: '12 passed, 1 failed', exit: 1 },
  { said: 'no report was written', tests: 1, last: '3 passed, 1 failed', exit: 1 },
  { said: 'the report cannot be read', report: 'no JSON', last: '3 passed, 1 failed', exit: 1 },
  { said: 'the report has no counts', report: '{}', last: '3 passed, 1 failed', exit: 1 },
  {
    said: 'a test fails and a file cannot be run',
    tests: 1,
    report: { ...report, numPassedTests: 8, numFailedTests: 1, testResults: [brokenFile, failedTest] },
    last: '11 passed, 2 failed',
    exit: 1,
  },
  { said: 'there is an error outside of every test', tests: 1, report, last: '13 passed, 1 failed', exit: 1 },
  { said: 'no test was run', report: { ...report, numPassedTests: 0 }, last: '3 passed, 1 failed', exit: 1 },
];

const stub = `#!/usr/bin/env bash
case "$*" in
  ci) exit "$INSTALL" ;;
  'run demo') exit "$DEMO" ;;
  'run lint') exit "$LINT" ;;
  'run types') exit "$TYPES" ;;
  'run bench -- --quick --check') exit "$BENCH" ;;
  'test -- '*)
    all=$*
    file=\${all##*--outputFile=}
    [[ -z $REPORT ]] || { mkdir -p "$(dirname "$file")" && printf '%s' "$REPORT" >"$file"; }
    exit "$TESTS" ;;
esac
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refund-worker-ci-'));
  mkdirSync(join(folder, 'bin'));
  cpSync(join(root, '.ci'), join(folder, '.ci'), { recursive: true });
  for (const [name, text] of [
    ['npm', stub],
    ['apt-get', '#!/usr/bin/env bash\n'],
  ] as const) {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(stories)('when $said, it ends with "$last"', (story) => {
  const { install = 0, demo = 0, lint = 0, types = 0, bench = 0, tests = 0, report: written = '' } = story;
  const { stdout, status } = spawnSync(join(folder, '.ci', 'run'), {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      INSTALL: String(install),
      DEMO: String(demo),
      LINT: String(lint),
      TYPES: String(types),
      BENCH: String(bench),
      TESTS: String(tests),
      REPORT: typeof written === 'string' ? written : JSON.stringify(written),
    },
  });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(story.last);
  expect(status).toBe(story.exit);
});
