/** One JSON object a line, in UTF-8. */
import type { TableOptions, TableWriter } from '../table-writer.js';

export function jsonlWriter({ sink, columns, clock }: TableOptions): TableWriter {
  return {
    async write(rows) {
      const lines = rows.map((row) => {
        const fields = columns.map(({ name, of }) => [name, of(row, clock)]);
        return `${JSON.stringify(Object.fromEntries(fields))}\n`;
      });
      await sink(Buffer.from(lines.join('')));
    },
    finish: () => Promise.resolve({}),
  };
}
