/** Prints rows in columns as wide as their widest cell. */
export function printColumns(rows: readonly (readonly string[])[]): void {
  const widths: number[] = [];
  for (const row of rows)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  for (const row of rows)
    console.log(
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

/** Prints a table; none where there is nothing in it. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length > 0) printColumns([head, ...rows]);
}
