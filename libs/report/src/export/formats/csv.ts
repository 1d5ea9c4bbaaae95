/**
 * CSV after RFC 4180, in UTF-8 with a byte order mark: without it Excel takes µ and ° for something
 * else. Lines end with CR LF. A field is in quotes where it has to be.
 */
import type { Cell } from '../export-row.js';
import type { TableOptions, TableWriter } from '../table-writer.js';

export interface CsvOptions extends TableOptions {
  readonly separator: string;
  readonly decimal: string;
}

export async function csvWriter(options: CsvOptions): Promise<TableWriter> {
  const { sink, columns, clock, separator, decimal } = options;
  const special = new RegExp(`["\\r\\n${separator === '\t' ? '\\t' : `\\${separator}`}]`);
  const field = (cell: Cell): string => {
    if (cell === null) return '';
    if (typeof cell === 'boolean') return cell ? '1' : '0';
    const text = typeof cell === 'number' ? String(cell).replace('.', decimal) : asText(cell);
    return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: readonly Cell[]): string => `${cells.map(field).join(separator)}\r\n`;
  await sink(Buffer.from(`\ufeff${line(columns.map(({ name }) => name))}`));
  return {
    async write(rows) {
      const lines = rows.map((row) => line(columns.map(({ of }) => of(row, clock))));
      await sink(Buffer.from(lines.join('')));
    },
    finish: () => Promise.resolve({ separator, decimal }),
  };
}

/** What a spreadsheet takes for a formula; a sign before digits alone is a number or an offset. */
const FORMULA = /^\s*(?:[=@]|[+-](?![\d:.,]*$))/;

/** An apostrophe before it lets it be text: a meter, or who names one, must not run a command on a desk. */
function asText(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}
