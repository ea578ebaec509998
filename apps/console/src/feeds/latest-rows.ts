/** How many rows a list shows. */
const maxRows = 12;

/** The rows with a new one on top, and without what no longer fits. */
export function withRow<Row>(rows: readonly Row[], row: Row): readonly Row[] {
  return [row, ...rows.slice(0, maxRows - 1)];
}
