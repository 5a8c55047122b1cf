// Whether the planted bugs are found takes minutes (planted-bugs.proof.test.ts); that they fit into `src` is seen at once.
import { expect, it } from 'vitest';
import { plantedBugs } from '../../simulation/planted-bugs.ts';
import { scenarioNamed } from '../../simulation/scenarios.ts';

it.each(Object.entries(plantedBugs))(
  '%s: replaces exports of src, in a known scenario',
  async (_name, bug) => {
    expect(scenarioNamed(bug.found.scenario).name).toBe(bug.found.scenario);
    for (const key of Object.keys(bug.replaces)) {
      const [path, name = ''] = key.split('#');
      expect(await import(new URL(`../../src/${path}`, import.meta.url).href)).toHaveProperty(name);
    }
  },
);
