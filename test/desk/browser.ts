// A real browser in front of the desk: every page it opens is watched for what the content policy refused, for script
// errors and for requests to other hosts.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

export const widths = { phone: 390, desk: 1280 } as const;

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Opens a path of the desk and answers the page's text. */
  open(path: string): Promise<string>;
  signIn(name: string, password: string): Promise<void>;
}

export interface VisitorOptions {
  readonly width?: number;
  readonly dark?: boolean;
  readonly javaScript?: boolean;
}

/** `visit(url)` opens a browser of one's own, without cookies of others; closed after the test. */
export function useBrowser(): { visit(url: string, options?: VisitorOptions): Promise<Visitor> } {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let wrongs: string[] = [];

  beforeAll(async () => {
    const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
    if (!existsSync(executablePath)) {
      throw new Error(
        `no Chromium at ${executablePath}: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH`,
      );
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts = [];
    const seen = wrongs;
    wrongs = [];
    expect(seen, 'policy violations, script errors and requests to other hosts').toEqual([]);
  });
  afterAll(() => browser.close());

  return {
    async visit(url, { width = widths.desk, dark = false, javaScript = true } = {}) {
      const context = await browser.newContext({
        baseURL: url,
        viewport: { width, height: 900 },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: javaScript,
        locale: 'ko-KR',
      });
      contexts.push(context);
      context.setDefaultTimeout(60_000);
      const page = await context.newPage();
      page.on('console', (message) => {
        const text = message.text();
        if (/content security policy|refused to/i.test(text)) wrongs.push(text);
      });
      page.on('pageerror', (error) => wrongs.push(error.message));
      page.on('request', (request) => {
        if (new URL(request.url()).host !== new URL(url).host) wrongs.push(request.url());
      });
      const open = async (path: string) => {
        await page.goto(path);
        return page.locator('body').innerText();
      };
      return {
        page,
        context,
        open,
        async signIn(name, password) {
          await open('/review/sign-in');
          await page.locator('input[name="name"]').fill(name);
          await page.locator('input[name="password"]').fill(password);
          await page.locator('main form button[type="submit"]').first().click();
          await page.waitForURL((address) => !address.pathname.endsWith('/sign-in'));
        },
      };
    },
  };
}
