export { aboutExport } from './about-export.js';
export { exportPart, type ExportPart, type ExportSelection } from './export-part.js';
export { exportColumns, exportRow, type ExportColumn, type ExportRow } from './export-row.js';
export {
  tableWriterFor,
  type ExportFormat,
  type FormatOptions,
} from './formats/table-writer-for.js';
export { outputName } from './output-name.js';
export type { Sink, TableWriter } from './table-writer.js';
