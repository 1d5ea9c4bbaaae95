/** What the doctor has found, for a person: by area, what is wrong in red, and below it what to do. */
import type { Colours } from '../../terminal/voice.js';
import type { Finding } from './finding.js';

const WORDS = { ok: 'ok', note: 'note', wrong: 'WRONG' } as const;
const AREA_WIDTH = 17;
const WORD_WIDTH = 7;

export function doctorLines(findings: readonly Finding[], colours: Colours): string[] {
  const lines: string[] = [];
  let area = '';
  for (const finding of findings) {
    const title = finding.area === area ? '' : capital(finding.area);
    area = finding.area;
    const [first = '', ...rest] = finding.message.split('\n');
    const indent = ' '.repeat(AREA_WIDTH + WORD_WIDTH);
    lines.push(`${title.padEnd(AREA_WIDTH)}${word(finding.level, colours)}${first}`);
    for (const more of rest) lines.push(indent + more);
    if (finding.advice !== null) lines.push(`${indent}-> ${finding.advice}`);
  }
  return [...lines, '', verdict(findings, colours)];
}

function word(level: Finding['level'], colours: Colours): string {
  const paint = { ok: colours.green, note: colours.yellow, wrong: colours.red }[level];
  return paint(WORDS[level]) + ' '.repeat(WORD_WIDTH - WORDS[level].length);
}

function verdict(findings: readonly Finding[], colours: Colours): string {
  const number = (level: Finding['level']) => findings.filter((f) => f.level === level).length;
  const [wrong, notes] = [number('wrong'), number('note')];
  const noted = notes === 0 ? '' : `, ${notes === 1 ? '1 note' : `${notes} notes`}`;
  if (wrong === 0) return colours.green(`Nothing is wrong${noted}.`);
  return colours.red(`${wrong === 1 ? '1 thing is' : `${wrong} things are`} wrong${noted}.`);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
