/** A flag of V8's, and what it is for. */
interface EngineFlag {
  readonly flag: string;
  readonly why: string;
}

/**
 * How V8 is set up, from source and in the binary, so that frames keep their time where a server has
 * one processor (`tests/bench/server_bench.ts`).
 */
const ENGINE_FLAGS: readonly EngineFlag[] = [
  {
    flag: "--no-maglev",
    why:
      "compiles what is often used once and not twice: a thread that compiles is in the way of " +
      "frames, and what sending costs is mostly the system's share",
  },
  {
    flag: "--invocation-count-for-turbofan=1000",
    why:
      "calls before it is compiled: a third of what is usual, so that it is done when viewers come, " +
      "yet not all that is done once for many of them is compiled right then",
  },
  {
    flag: "--initial-heap-size=64",
    why: "MB before memory is looked through for the first time, which else is when viewers come",
  },
  {
    flag: "--max-semi-space-size=4",
    why:
      "MB at most, twice, in which what is new is made: next to nothing of it lives on, so that more " +
      "room is only more memory, of which less stays in the processor's caches",
  },
];

/** The same, as `deno run` and `deno compile` take it. */
export const ENGINE_FLAG = `--v8-flags=${ENGINE_FLAGS.map(({ flag }) => flag).join(",")}`;
