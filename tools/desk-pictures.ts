// Takes the pictures of the desk that README shows, from the demo: `npx tsx tools/desk-pictures.ts`. Needs a build and Chromium.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const root = join(import.meta.dirname, '..');
const viewport = { width: 1280, height: 860 };

/** Resolves with the desk's address once all events of the demo have ended. */
function startDemo(): Promise<{ demo: ChildProcess; url: string }> {
  const demo = spawn(process.execPath, [join(root, 'bin/refund-worker.cjs'), 'demo', '--keep'], {
    cwd: mkdtempSync(join(tmpdir(), 'desk-')),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  return new Promise((resolve, reject) => {
    demo.on('exit', (code) => reject(new Error(`the demo ended with ${code}`)));
    demo.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk;
      const url = /Desk\s+(http:\S+)\/review/.exec(printed)?.[1];
      if (url !== undefined && printed.includes('Ctrl-C')) resolve({ demo, url });
    });
  });
}

async function takePicture(browser: Browser, url: string, language: 'ko' | 'en'): Promise<void> {
  const context = await browser.newContext({ viewport, baseURL: url });
  const page = await context.newPage();
  await page.goto('/review');
  if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
  await page.screenshot({ path: join(root, 'docs', `desk.${language}.png`) });
  await context.close();
}

const { demo, url } = await startDemo();
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const language of ['ko', 'en'] as const) await takePicture(browser, url, language);
} finally {
  await browser.close();
  demo.kill('SIGINT');
}
