// Makes packages/producer/dist, and the same again as the worker's own entry `bootpay-refund-worker/producer`.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bundleProducer } from './bundle-producer.ts';

const packageFolder = 'packages/producer';
const out = join(packageFolder, 'dist');
const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string() });

const [esModule, commonJs] = await Promise.all([bundleProducer('esm'), bundleProducer('cjs')]);
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
writeFileSync(join(out, 'index.mjs'), esModule.text);
writeFileSync(join(out, 'index.cjs'), commonJs.text);
for (const types of ['index.d.mts', 'index.d.cts']) {
  cpSync(join(packageFolder, 'index.d.ts'), join(out, types));
}
writeFileSync(join(out, 'LICENSES.md'), licencesOf([...esModule.packages, ...commonJs.packages]));
cpSync(out, 'dist/producer', { recursive: true });

/** The licences of what is inside ask for their text to go with it. */
function licencesOf(folders: readonly string[]): string {
  const sections = [...new Set(folders)].sort().map((folder) => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
    return `## ${manifest.name} ${manifest.version} (${manifest.license})${text}\n`;
  });
  return `# What is inside\n\n${sections.join('\n')}`;
}
