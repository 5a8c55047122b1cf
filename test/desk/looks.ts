// What every page of the desk owes its readers: nothing that axe finds, and no sideways scrolling.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

export async function expectReadable(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  const overhang = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(overhang, 'pixels to scroll sideways').toBeLessThanOrEqual(0);
}
