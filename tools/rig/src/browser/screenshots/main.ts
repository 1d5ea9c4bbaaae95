/**
 * Takes the pictures of the documentation: `node tools/rig/dist/browser/screenshots/main.js [--out docs/screenshots]`.
 * Each view, light and dark, of a desk and of a pocket, on a bench with three emulated meters. About two minutes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { browserProblem } from '../find-chromium.js';
import { DESKTOP, PHONE, TestBrowser } from '../test-browser.js';
import { DemoBench } from './demo-bench.js';
import { optimised } from './png.js';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'docs/screenshots' } },
});
const out = resolve(values.out);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const problem = browserProblem();
if (problem !== undefined) {
  say(problem);
  process.exit(2);
}

const SCREENS = [
  { name: '', viewport: { ...DESKTOP, height: 900 } },
  { name: '-phone', viewport: PHONE },
];

await mkdir(out, { recursive: true });
const demo = await DemoBench.start(say);
try {
  const browser = await TestBrowser.open();
  try {
    for (const { name: screen, viewport } of SCREENS)
      for (const colorScheme of ['light', 'dark'] as const)
        for (const { name, path } of demo.views) {
          const options = { path, viewport, colorScheme };
          const { page } = await browser.open(demo.origin, options);
          await demo.settled(page);
          const file = `${name}-${colorScheme}${screen}.png`;
          const picture = optimised(await page.screenshot({ fullPage: false }));
          await writeFile(join(out, file), picture);
          say(`${file}: ${(picture.length / 1000).toFixed(0)} kB`);
          await page.context().close();
        }
    for (const fault of browser.faults) say(`wrong: ${fault}`);
    process.exitCode = browser.faults.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
} finally {
  await demo.close();
}
