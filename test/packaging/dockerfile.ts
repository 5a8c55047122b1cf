// A Dockerfile as stages of instructions: enough of its grammar to check ours without Docker.
import { z } from 'zod';
import { textOf } from './project.ts';

export interface Instruction {
  readonly name: string;
  /** What follows the name, continued lines joined. */
  readonly rest: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

const instructionNames = [
  'ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL STOPSIGNAL USER VOLUME WORKDIR',
].flatMap((names) => names.split(' '));

export function readDockerfile(): readonly Stage[] {
  const stages: { image: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(textOf('Dockerfile'))) {
    const from = /^(\S+) AS ([a-z][\w-]*)$/.exec(instruction.rest);
    if (instruction.name === 'FROM' && from === null)
      throw new Error(`FROM ${instruction.rest}: no stage name`);
    if (instruction.name === 'FROM') {
      stages.push({ image: from?.[1] ?? '', name: from?.[2] ?? '', instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`${instruction.name} before the first FROM`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

/** All of one name in a stage, in order. */
export function restsOf(stage: Stage, name: string): string[] {
  return stage.instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
}

/** The last of one name, which is the one that counts. */
export function lastOf(stage: Stage, name: string): string {
  const rest = restsOf(stage, name).at(-1);
  if (rest === undefined) throw new Error(`stage ${stage.name} has no ${name}`);
  return rest;
}

/** The words of an exec form; a shell form throws. */
export function execForm(rest: string): string[] {
  return z.array(z.string()).min(1).parse(JSON.parse(rest));
}

/** What a COPY takes from the project, and what it takes from another stage. */
export function copiesOf(
  stage: Stage,
): { readonly from: string | null; readonly sources: readonly string[] }[] {
  return restsOf(stage, 'COPY').map((rest) => {
    const words = rest.split(/\s+/);
    const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null;
    return { from, sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) };
  });
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines.join('\n').replace(/\\\n\s*/g, '');
  return joined.split('\n').map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!instructionNames.includes(name)) throw new Error(`no instruction of a Dockerfile: ${line}`);
    return { name, rest };
  });
}
