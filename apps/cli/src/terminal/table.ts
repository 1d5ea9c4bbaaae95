/** Rows under each other, as wide as they have to be; numbers at the right. */
import { stripVTControlCharacters } from 'node:util';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  readonly right?: boolean;
}

/** One line for the titles and one for each row, without blanks at their ends. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ of }) => of(row)));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => width(line[i] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, i) => padded(cell, widths[i] ?? 0, columns[i]?.right === true))
      .join('  ')
      .trimEnd(),
  );
}

/** What belongs to what, one a line. */
export function pairs(entries: readonly (readonly [name: string, value: string])[]): string[] {
  const widest = Math.max(0, ...entries.map(([name]) => width(name)));
  return entries.map(([name, value]) => `${padded(name, widest, false)}  ${value}`.trimEnd());
}

function padded(cell: string, to: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, to - width(cell)));
  return right ? blanks + cell : cell + blanks;
}

function width(cell: string): number {
  return Array.from(stripVTControlCharacters(cell)).length;
}
