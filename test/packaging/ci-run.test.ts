// .ci/run with a pretended npm: what it counts, and that it never counts what was not run.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { root, textOf } from './project.ts';

const passing = {
  numPassedTests: 10,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};
const brokenFile = { status: 'failed', assertionResults: [] };
const failedTest = { status: 'failed', assertionResults: [{ status: 'failed' }] };
const oneOfEach = { ...passing, numPassedTests: 8, numFailedTests: 1, testResults: [brokenFile, failedTest] };

interface Story {
  /** The npm commands that end with 1, as npm is called. */
  readonly fails?: readonly string[];
  /** What the two runs of tests report; a text is written as it stands, null is no report at all. */
  readonly tests?: object | string | null;
  readonly proofs?: object | string | null;
}

test.each<[string, string, Story]>([
  ['all is well', '23 passed, 0 failed', {}],
  ['the demo fails', '22 passed, 1 failed', { fails: ['run demo'] }],
  ['lint fails', '1 passed, 1 failed', { fails: ['run lint'] }],
  ['the types are wrong', '1 passed, 1 failed', { fails: ['run types'] }],
  ['nothing can be installed', '0 passed, 2 failed', { fails: ['ci', 'run lint'] }],
  ['a bound of the benchmarks is broken', '22 passed, 1 failed', { fails: ['run bench'] }],
  ['no report of the tests was written', '13 passed, 1 failed', { fails: ['test'], tests: null }],
  ['no report of the proofs was written', '13 passed, 1 failed', { proofs: null }],
  ['a report cannot be read', '13 passed, 1 failed', { tests: 'no JSON' }],
  ['a report has no counts', '13 passed, 1 failed', { proofs: '{}' }],
  ['a test fails and a file cannot be run', '21 passed, 2 failed', { fails: ['test'], tests: oneOfEach }],
  ['the same happens in both runs', '19 passed, 4 failed', { tests: oneOfEach, proofs: oneOfEach }],
  ['there is an error outside of every test', '23 passed, 1 failed', { fails: ['run proof'] }],
  ['no test was run', '13 passed, 1 failed', { tests: { ...passing, numPassedTests: 0 } }],
])('when %s, it ends with "%s"', (_, last, { fails = [], tests = passing, proofs = passing }) => {
  writeFileSync(join(folder, 'fails'), fails.map((words) => `${words}\n`).join(''));
  for (const [name, report] of Object.entries({ test: tests, proof: proofs })) {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    writeFileSync(join(folder, `${name}.json`), report === null ? '' : text);
  }
  const { stdout, status } = spawnSync(join(folder, '.ci', 'run'), {
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
  });
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(last);
  expect(status).toBe(last.endsWith(' 0 failed') ? 0 : 1);
});

test('`npm test` and `npm run proof` leave no project of vitest.config.ts out', async () => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(textOf('package.json')));
  const ran = `${scripts['test']} ${scripts['proof']}`.matchAll(/--project (\w+)/g);
  const { default: config } = await import('../../vitest.config.ts');
  const names = config.test?.projects?.map((project) => Reflect.get(Object(project), 'test').name);
  expect([...ran].map(([, name]) => name)).toEqual(names);
});

/** Fails where it was told to, and leaves the report that it was told to leave. */
const npm = `#!/usr/bin/env bash
all=$*
words=\${all%% -- *}
name=\${words##* }
if [[ $all == *--outputFile=* && -s $name.json ]]; then
  report=\${all##*--outputFile=}
  mkdir -p "$(dirname "$report")" && cp "$name.json" "$report"
fi
! grep -qxF -- "$words" fails
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refund-worker-ci-'));
  cpSync(join(root, '.ci'), join(folder, '.ci'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  for (const [name, text] of Object.entries({ npm, 'apt-get': '#!/usr/bin/env bash\n' })) {
    writeFileSync(join(folder, 'bin', name), text);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
