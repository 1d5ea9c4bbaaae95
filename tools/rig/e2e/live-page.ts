/** The live view as a person reads it: by roles and names, as a screen reader does. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually, meterOn, valueOf } from '@elmetron/rig';

export type State = 'Recording' | 'Kept, not yet stored' | 'Not recording' | 'Unknown';

export class LivePage {
  readonly page: Page;
  readonly meter: Locator;
  readonly value: Locator;

  constructor(page: Page, source: string) {
    this.page = page;
    this.meter = meterOn(page, source);
    this.value = valueOf(page, source);
  }

  /** NaN while there is none. */
  async shows(): Promise<number> {
    return Number((await this.value.textContent()) ?? NaN);
  }

  /** Waits for the word of the state; `sentence`: what is said beside it. */
  async says(state: State, withinMs: number, sentence = /./): Promise<void> {
    let said = '';
    await eventually(
      `the page to say "${state}" and ${String(sentence)}`,
      async () => {
        said = await this.meter.innerText();
        const is = await this.meter.getByText(state, { exact: true }).isVisible();
        return is && sentence.test(said);
      },
      withinMs,
      () => said,
    );
  }

  /** NaN: not known. */
  async waiting(): Promise<number> {
    return Number(await this.#fact('Records waiting'));
  }

  /** Of the last reading, in whole seconds. */
  async ageSeconds(): Promise<number> {
    const [, minutes = '0', seconds = '0'] =
      /^(?:(\d+) min ?)?(?:(\d+) s )?ago$/.exec(await this.#fact('Last reading')) ?? [];
    return 60 * Number(minutes) + Number(seconds);
  }

  /** What the curve says in words. */
  curve(): Locator {
    return this.meter.getByRole('slider', { name: /Curve/ });
  }

  async curveWords(): Promise<string> {
    return (await this.curve().getAttribute('aria-label')) ?? '';
  }

  /** How many points the curve has at this moment, by its table. */
  async points(): Promise<number> {
    await this.meter.getByText('Show as table').click();
    const table = this.meter.getByRole('table');
    const caption = await table.locator('caption').innerText();
    const [, all] = /th of (\d[\d\s\u202f]*) points/.exec(caption) ?? [];
    const rows = (await table.getByRole('row').count()) - 1;
    await this.meter.getByText('Show as table').click();
    return all === undefined ? rows : Number(all.replace(/\s/g, ''));
  }

  async #fact(name: string): Promise<string> {
    const term = this.meter.locator('dl > div').filter({ hasText: name }).locator('dd');
    expect(await term.count(), name).toBe(1);
    return (await term.innerText()).trim();
  }
}
