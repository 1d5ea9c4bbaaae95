/** Plays a scenario once, on one built tree, and gives what was recorded. */
import { Stage } from './harness/stage.js';
import type { Recording } from './replay/recording.js';
import type { Scenario } from './scenarios/index.js';

export async function recordScenario(scenario: Scenario, tree: string): Promise<Recording> {
  const stage = await Stage.open(tree, scenario.config);
  try {
    await scenario.play(stage);
    return stage.recording();
  } finally {
    await stage.close();
  }
}
