// Loaded into a server under test ahead of its own modules (`--preload`, with `--expose-gc`): at
// SIGUSR2 it frees what is no longer used, and says on stdout what is left. What a process takes
// otherwise says little: V8 collects when it must, not when it could, and the C library keeps pages
// for later.
const { gc } = globalThis as { gc?: (how: CollectionOptions) => void };

/** How `--expose-gc` is asked (V8, src/extensions/gc-extension.cc). */
interface CollectionOptions {
  type: "major";
  execution: "sync";
  /** As when memory runs out: what the heap keeps for later is given back too. */
  flavor: "last-resort";
}

/** Collections in a row: what the first one finalises, the next one frees. */
const COLLECTIONS = 2;
const BETWEEN_MS = 100;

/** Gives pages of the C library's heap back that hold nothing; what is no glibc cannot. */
const trim = ((): () => void => {
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      malloc_trim: { parameters: ["usize"], result: "i32" },
    });
    return () => symbols.malloc_trim(0n);
  } catch {
    return () => {};
  }
})();

async function collect(): Promise<void> {
  for (let i = 0; i < COLLECTIONS; i++) {
    gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  trim();
  const { rss, heapTotal, heapUsed, external } = Deno.memoryUsage();
  const told = { event: "collected", rss, heapTotal, heapUsed, external };
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(told) + "\n"));
}

Deno.addSignalListener("SIGUSR2", () => void collect());

export {};
