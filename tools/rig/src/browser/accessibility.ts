/** The automatic check of accessibility. */
import type { Page } from 'playwright-core';
import { axeViolations } from './in-page/accessibility.js';

/** What axe finds wrong with the page as it is now, a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { default: axe } = await import('axe-core');
  await page.evaluate(axe.source);
  return await page.evaluate(axeViolations);
}
