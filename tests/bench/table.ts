/** Prints rows of a table, columns as wide as their widest cell: the first to the left, numbers to the right. */
export function printTable(title: string, rows: readonly (readonly string[])[]): void {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, i) => {
    return Math.max(...rows.map((row) => row[i]!.length));
  });
  const lines = rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!)
    );
    return `  ${cells.join("   ")}`;
  });
  Deno.stdout.writeSync(new TextEncoder().encode(`${[title, ...lines, ""].join("\n")}\n`));
}
