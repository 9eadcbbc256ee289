/**
 * A benchmark that measures by itself and prints a table: run once, however often Deno would like to
 * repeat it for its own statistics.
 */
export function benchOnce(name: string, run: () => Promise<void>): void {
  let result: Promise<void> | undefined;
  // Deno takes only functions declared async for asynchronous.
  Deno.bench(`${name} (see the table)`, { n: 1, warmup: 0 }, async () => {
    await (result ??= run());
  });
}
