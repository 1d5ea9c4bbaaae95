/** The view of one session as a person uses it. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

export class SessionPage {
  readonly page: Page;
  readonly curve: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.curve = page.getByRole('slider', { name: /Curve/ });
    this.dialog = page.getByRole('dialog', { name: 'Add a note' });
  }

  /** The curve has come; in words what it shows. */
  async words(withinMs = 30_000): Promise<string> {
    await this.page
      .getByRole('slider', { name: /lowest/ })
      .waitFor({ state: 'visible', timeout: withinMs });
    return (await this.curve.getAttribute('aria-label')) ?? '';
  }

  section(name: string): Locator {
    return this.page.getByRole('region', { name });
  }

  /** `across`: of the plot's width, 0 … 1. */
  async clickCurve(across: number): Promise<void> {
    const { x, y, width, height } = await this.plotBox();
    await this.page.mouse.click(x + across * width, y + height / 2);
  }

  async dragCurve(from: number, to: number): Promise<void> {
    const { x, y, width, height } = await this.plotBox();
    const level = y + height / 2;
    await this.page.mouse.move(x + from * width, level);
    await this.page.mouse.down();
    await this.page.mouse.move(x + ((from + to) / 2) * width, level, { steps: 4 });
    await this.page.mouse.move(x + to * width, level, { steps: 4 });
    await this.page.mouse.up();
  }

  /** What is shown by the address; ms since 1970. */
  shown(): { readonly from: number; readonly to: number } | null {
    const [, query = ''] = new URL(this.page.url()).hash.split('?');
    const asked = new URLSearchParams(query);
    const [from, to] = [asked.get('from'), asked.get('to')];
    return from === null || to === null ? null : { from: Number(from), to: Number(to) };
  }

  async writeNote(text: string, author?: string): Promise<void> {
    await this.dialog.getByRole('textbox', { name: 'Note' }).fill(text);
    if (author !== undefined)
      await this.dialog.getByRole('textbox', { name: /Your name/ }).fill(author);
    await this.dialog.getByRole('button', { name: 'Keep the note' }).click();
    await this.dialog.waitFor({ state: 'hidden', timeout: 15_000 });
  }

  /** Of uPlot: where the lines are, without axes. */
  async plotBox(): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.curve.locator('.u-over').boundingBox();
    expect(box, 'the plot').not.toBeNull();
    return box ?? { x: NaN, y: NaN, width: NaN, height: NaN };
  }
}
