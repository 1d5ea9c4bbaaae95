/** docs/states.md, made of the list that the processes themselves use: npm run docs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STATES } from '@elmetron/runtime';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './project.mjs';

export const STATES_PAGE = join(ROOT, 'docs', 'states.md');

const HEAD = `# States

Everything beside "all is well" that \`GET /health\` of a process can say, made from
\`libs/runtime/src/health/states.ts\` by \`npm run docs\`. A state is entered and left by itself; each
change is one line of the log, with the code as \`reason\`.

- **critical**: data is being lost, or would be at the next trouble.
- **degraded**: everything is kept, in a lesser way.
`;

/** @param {'acquisition' | 'writer'} process */
function table(process) {
  const rows = Object.entries(STATES)
    .filter(([, state]) => state.process === process)
    .map(([code, state]) => [`\`${code}\``, state.level, state.entered, state.left, state.remedy])
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return [
    `## ${process}`,
    '',
    '| code | level | entered when | left when | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** The page as it should be, in the project's format. */
export async function statesPage() {
  const text = [HEAD, table('acquisition'), table('writer')].join('\n');
  const config = await resolveConfig(STATES_PAGE);
  return await format(text, { ...config, parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(STATES_PAGE, await statesPage());
}
