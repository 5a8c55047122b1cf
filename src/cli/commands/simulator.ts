// `simulator`: runs the Bootpay simulator until it is stopped.
import type { Simulator } from '../../../simulator/index.ts';
import { wholeNumber } from '../../config/limits.ts';
import { ConfigError } from '../../domain/errors.ts';
import { onShutdown } from '../../shutdown.ts';
import { defineCommand } from '../command.ts';
import type { Io } from '../io.ts';
import { anyText } from '../limits.ts';
import { json, optional } from '../options.ts';

const options = {
  port: optional(
    '--port <port>',
    { en: 'Any free one when absent.', ko: '생략하면 빈 포트를 써요.' },
    wholeNumber(0, 65_535),
  ),
  scenario: optional(
    '--scenario <file>',
    {
      en: "Receipts, scripts and switches as JSON; the page's example receipt when absent.",
      ko: '결제, 응답 각본, 스위치가 있는 JSON 파일. 생략하면 공식 문서의 예시 결제.',
    },
    anyText(4_096),
  ),
  json,
};

export const simulator = defineCommand({
  name: 'simulator',
  description: { en: 'Run the Bootpay simulator.', ko: '부트페이 시뮬레이터를 실행해요.' },
  options,
  examples: ['simulator --port 9090', 'simulator --scenario samples/scenario.json'],
  async run(io, { port, scenario, json: asJson }) {
    const { runSimulator } = await import('../../../simulator/main.ts');
    const printed: string[] = [];
    io.outlivesOutput();
    const running = await orConfigError(
      runSimulator({
        ...(port !== undefined && { port }),
        ...(scenario !== undefined && { scenarioFile: scenario }),
        print: (line) => printed.push(line),
      }),
    );
    const stopped = new Promise<number>((resolve) => onShutdown(() => running.close(), { exit: resolve }));
    await printAddress(io, running, asJson ? null : printed);
    return stopped;
  },
});

async function printAddress(
  io: Io,
  { url, switches }: Simulator,
  lines: readonly string[] | null,
): Promise<void> {
  const { clientKey, secretKey } = switches.credentials;
  if (lines === null) {
    const control = url.replace(/v2$/, '_simulator/');
    return io.out(JSON.stringify({ url, control, client_key: clientKey, secret_key: secretKey }));
  }
  for (const line of lines) await io.out(line);
  io.note(
    `Use it with: BOOTPAY_BASE_URL=${url} BOOTPAY_CLIENT_KEY=${clientKey} BOOTPAY_SECRET_KEY=${secretKey}`,
  );
}

/** A wrong scenario is wrong usage: all its problems are listed, and the exit code is 2. */
async function orConfigError(starting: Promise<Simulator>): Promise<Simulator> {
  const { ScenarioError } = await import('../../../simulator/index.ts');
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new ConfigError(error.problems.map(({ path, message }) => `${path}: ${message}`));
  }
}
