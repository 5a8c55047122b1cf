/** The simulator as a program: what `refund-worker simulator --port N --scenario FILE` runs. */
import { readFile } from 'node:fs/promises';
import { ScenarioError, type Simulator, startSimulator } from './index.ts';

export interface RunSimulatorOptions {
  readonly port?: number;
  readonly host?: string;
  /** A JSON file; without one there is the page's example receipt. */
  readonly scenarioFile?: string;
  /** Where the one line goes; standard output when absent. */
  readonly print?: (line: string) => void;
}

/**
 * Starts a simulator and prints its address. Throws a ScenarioError that lists every problem of the file,
 * an unreadable file included.
 */
export async function runSimulator(options: RunSimulatorOptions = {}): Promise<Simulator> {
  const { scenarioFile, print = console.log, ...where } = options;
  const scenario = scenarioFile === undefined ? {} : await readScenario(scenarioFile);
  const simulator = await startSimulator({ ...where, scenario });
  const control = simulator.url.replace(/v2$/, '_simulator/');
  print(`Bootpay simulator: ${simulator.url} (control: ${control})`);
  return simulator;
}

/** Only the JSON is read here; `startSimulator` checks what it says. */
async function readScenario(file: string): Promise<object> {
  try {
    const scenario: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof scenario === 'object' && scenario !== null) return scenario;
    throw new Error('is not a JSON object');
  } catch (error) {
    throw new ScenarioError([
      { path: file, message: error instanceof Error ? error.message : String(error) },
    ]);
  }
}
