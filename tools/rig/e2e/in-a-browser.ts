/** What the tests in a real browser share. Without one they are skipped, and say why. */
import { browserProblem } from '@elmetron/rig';
import { describeUnless } from './faults.js';

export function describeInBrowser(name: string, tests: () => void): void {
  describeUnless(browserProblem(), name, tests);
}
