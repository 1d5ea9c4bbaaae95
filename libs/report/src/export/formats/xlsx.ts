/**
 * XLSX, sheet by sheet and row by row: a workbook is a ZIP file of a few small XML files and one for each
 * sheet. A sheet has at most 1,048,576 rows; what does not fit goes on in the next sheet. Times are
 * numbers that the spreadsheet shows as the zone's local time.
 */
import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { ZipFile } from 'yazl';
import type { ExportColumn, ExportRow } from '../export-row.js';
import type { TableOptions, TableWriter } from '../table-writer.js';
import {
  contentTypes,
  ROOT_RELATIONS,
  STYLE,
  STYLES,
  workbook,
  workbookRelations,
} from './workbook.js';
import {
  booleanCell,
  columnLetters,
  endOfSheet,
  numberCell,
  startOfSheet,
  textCell,
} from './sheet.js';

export interface XlsxOptions extends TableOptions {
  /** The first sheet: what this file is, one line each. */
  readonly about: readonly (readonly [name: string, value: string])[];
  /** Of a sheet, with its heading. */
  readonly sheetRows?: number;
}

interface LetteredColumn {
  readonly column: ExportColumn;
  readonly letters: string;
}

const SHEET_ROWS = 1_048_576;
/** A third of the work of the usual level for a few percent more bytes. */
const COMPRESSION = 3;
/** Days from 1899-12-30, from which spreadsheets count, to 1970. */
const DAYS_TO_1970 = 25_569;
const DAY_MS = 86_400_000;
/** A day count falls a little short of most milliseconds, and readers that cut off would lose one. */
const A_MICROSECOND = 1e-11;

export function xlsxWriter(options: XlsxOptions): TableWriter {
  return new XlsxWriter(options);
}

class XlsxWriter implements TableWriter {
  readonly #options: XlsxOptions;
  readonly #columns: readonly LetteredColumn[];
  readonly #zip = new ZipFile();
  readonly #written: Promise<void>;
  readonly #titles: string[] = [];
  readonly #rows: number[] = [];
  #failure: Error | undefined;
  #sheet: PassThrough | undefined;

  constructor(options: XlsxOptions) {
    this.#options = options;
    this.#columns = options.columns.map((column, i) => ({ column, letters: columnLetters(i) }));
    this.#written = this.#deliver();
    // Told at the next write; nobody waits for it before.
    this.#written.catch((error: unknown) => {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#sheet?.destroy();
    });
    this.#aboutSheet();
  }

  async write(rows: readonly ExportRow[]): Promise<void> {
    const { sheetRows = SHEET_ROWS } = this.#options;
    for (let from = 0; from < rows.length;) {
      const used = this.#rows.at(-1) ?? sheetRows;
      if (this.#sheet === undefined || used >= sheetRows) {
        this.#beginSheet();
        continue;
      }
      const part = rows.slice(from, from + sheetRows - used);
      await this.#append(part.map((row, i) => this.#row(row, used + i + 1)).join(''));
      this.#rows[this.#rows.length - 1] = used + part.length;
      from += part.length;
    }
  }

  async finish(): Promise<Readonly<Record<string, unknown>>> {
    if (this.#sheet === undefined) this.#beginSheet();
    this.#endSheet();
    const files: [name: string, content: string][] = [
      ['[Content_Types].xml', contentTypes(this.#titles.length)],
      ['_rels/.rels', ROOT_RELATIONS],
      ['xl/workbook.xml', workbook(this.#titles)],
      ['xl/_rels/workbook.xml.rels', workbookRelations(this.#titles.length)],
      ['xl/styles.xml', STYLES],
    ];
    for (const [name, content] of files) this.#zip.addBuffer(Buffer.from(content), name);
    this.#zip.end();
    await this.#written;
    const [, ...titles] = this.#titles;
    const [, ...rows] = this.#rows;
    return { sheets: titles.map((title, i) => ({ title, rows: (rows[i] ?? 1) - 1 })) };
  }

  async #deliver(): Promise<void> {
    for await (const chunk of this.#zip.outputStream) {
      await this.#options.sink(chunk as Buffer);
    }
  }

  #aboutSheet(): void {
    const lines = this.#options.about.map(
      ([name, value], i) =>
        `<row r="${i + 1}">${textCell(`A${i + 1}`, name, STYLE.bold)}${textCell(`B${i + 1}`, value, STYLE.plain)}</row>`,
    );
    const content = `${startOfSheet([24, 60], false)}${lines.join('')}${endOfSheet()}`;
    this.#titles.push('About');
    this.#rows.push(lines.length);
    this.#zip.addBuffer(Buffer.from(content), 'xl/worksheets/sheet1.xml');
  }

  #beginSheet(): void {
    this.#endSheet();
    const { columns, clock } = this.#options;
    const number = this.#titles.length;
    this.#titles.push(number === 1 ? 'Readings' : `Readings ${number}`);
    this.#rows.push(1);
    this.#sheet = new PassThrough({ highWaterMark: 1_048_576 });
    this.#zip.addReadStream(this.#sheet, `xl/worksheets/sheet${number + 1}.xml`, {
      compressionLevel: COMPRESSION,
    });
    const heading = columns.map(({ title }, i) =>
      textCell(`${columnLetters(i)}1`, title.replace('{zone}', clock.zone), STYLE.bold),
    );
    this.#sheet.write(
      `${startOfSheet(
        columns.map(({ width }) => width),
        true,
      )}<row r="1">${heading.join('')}</row>`,
    );
  }

  #endSheet(): void {
    this.#sheet?.end(endOfSheet());
    this.#sheet = undefined;
  }

  async #append(text: string): Promise<void> {
    this.#throwFailure();
    const sheet = this.#sheet;
    if (sheet === undefined || sheet.write(text)) return;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([once(sheet, 'drain', { signal }), once(sheet, 'close', { signal })]);
    settled.abort();
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #row(row: ExportRow, number: number): string {
    const cells = this.#columns.map((column) => this.#cell(column, row, number));
    return `<row r="${number}">${cells.join('')}</row>`;
  }

  #cell({ column, letters }: LetteredColumn, row: ExportRow, number: number): string {
    const { clock } = this.#options;
    const at = `${letters}${number}`;
    if (column.name === 'local_time') {
      const local = row.capturedMs + clock.offsetMs(row.capturedMs);
      return numberCell(at, local / DAY_MS + DAYS_TO_1970 + A_MICROSECOND, STYLE.time);
    }
    const value = column.of(row, clock);
    if (value === null) return '';
    if (typeof value === 'number') return numberCell(at, value, STYLE.plain);
    if (typeof value === 'boolean') return booleanCell(at, value);
    return textCell(at, value, STYLE.plain);
  }
}
