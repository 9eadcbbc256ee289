import fc from "fast-check";
import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { allFrames, join, labFile, tinyJpeg } from "./frames.ts";

/** A stretch of a file replaced with other bytes. */
interface Mutation {
  at: number;
  removed: number;
  inserted: Uint8Array;
}

/** The shortest frame with its length; no mutation moves what follows as far as that. */
const MIN_FRAME_BYTES = 60;

const framesArb = fc.array(fc.nat(200), { minLength: 1, maxLength: 12 })
  .map((sizes) => sizes.map((size, i) => tinyJpeg(i, MIN_FRAME_BYTES - 5 + size)));

const mutationArb = (fileLength: number): fc.Arbitrary<Mutation> =>
  fc.oneof(
    // Overwritten in place,
    fc.record({ at: fc.nat(fileLength), inserted: fc.uint8Array({ maxLength: 40 }) })
      .map(({ at, inserted }) => ({ at, removed: inserted.length, inserted })),
    // or cut out, or put in.
    fc.record({
      at: fc.nat(fileLength),
      removed: fc.nat(MIN_FRAME_BYTES / 2),
      inserted: fc.uint8Array({ maxLength: MIN_FRAME_BYTES / 2 - 1 }),
    }),
  ).map((mutation) => ({
    ...mutation,
    removed: Math.min(mutation.removed, fileLength - mutation.at),
  }));

const caseArb = framesArb.chain((frames) => {
  return fc.record({
    frames: fc.constant(frames),
    mutation: mutationArb(labFile(frames).length),
    windowBytes: fc.integer({ min: 32, max: 300 }),
  });
});

function mutate(file: Uint8Array, { at, removed, inserted }: Mutation): Uint8Array {
  return join(file.subarray(0, at), inserted, file.subarray(at + removed));
}

/** The frames that lie outside the mutation with their lengths, and where they are afterwards. */
function survivors(
  frames: readonly Uint8Array[],
  { at, removed, inserted }: Mutation,
): { frame: Uint8Array; start: number; end: number }[] {
  let position = 0;
  const found = [];
  for (const frame of frames) {
    const start = position;
    position += 5 + frame.length;
    const shift = start >= at + removed ? inserted.length - removed : 0;
    if (position <= at || start >= at + removed) {
      found.push({ frame, start: start + shift, end: position + shift });
    }
  }
  return found;
}

/** Whether digits in the mutated stretch happen to lead to the beginning or end of a good frame. */
function misleads(file: Uint8Array, mutation: Mutation, edges: ReadonlySet<number>): boolean {
  for (let at = mutation.at - 6; at <= mutation.at + mutation.inserted.length; at++) {
    for (const digits of [5, 6]) {
      const text = String.fromCharCode(...file.subarray(Math.max(0, at), at + digits));
      if (/^[0-9]{5,6}$/.test(text) && edges.has(at + digits + Number(text))) return true;
    }
  }
  return false;
}

Deno.test("whatever happens to one stretch of a lab file, frames outside it stay the same", async () => {
  await fc.assert(
    fc.asyncProperty(caseArb, async ({ frames, mutation, windowBytes }) => {
      const file = mutate(labFile(frames), mutation);
      const good = survivors(frames, mutation);
      const edges = new Set(good.flatMap(({ start, end }) => [start, end]));
      fc.pre(!misleads(file, mutation, edges));
      const served = await allFrames(openLabFile(new MemoryBytes(file), { windowBytes }));
      let next = 0;
      for (const frame of served) {
        const wanted = good[next]?.frame;
        if (wanted !== undefined && equal(frame, wanted)) next++;
      }
      assertEquals(next, good.length, `${next} of ${good.length} good frames were served in order`);
    }),
    { numRuns: 400 },
  );
});

Deno.test("any bytes behind a frame are indexed to the end, the same in any window", async () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom("00008", "00060", "999999", "1234").map((text) =>
      new TextEncoder().encode(text)
    ),
    fc.constantFrom([0xff, 0xd8, 0xff], [0xff, 0xd9], [0xff, 0xda, 0, 2]).map((bytes) =>
      Uint8Array.from(bytes)
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 20 }),
      fc.integer({ min: 32, max: 120 }),
      async (pieces, windowBytes) => {
        const first = tinyJpeg(1);
        const file = join(labFile([first]), ...pieces);
        const copy = file.slice();
        const small = openLabFile(new MemoryBytes(file), { windowBytes });
        const large = openLabFile(new MemoryBytes(file));
        const frames = await allFrames(small);
        assertEquals(frames, await allFrames(large));
        assertEquals(small.faults, large.faults);
        assertEquals(frames[0], first);
        assertEquals(file, copy);
      },
    ),
    { numRuns: 300 },
  );
});

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

Deno.test("the property's own mutations do what they say", () => {
  const frames = [tinyJpeg(1), tinyJpeg(2)];
  const mutation = { at: 3, removed: 2, inserted: Uint8Array.of(1) };
  const [left] = survivors(frames, mutation);
  const file = mutate(labFile(frames), mutation);
  assert(left !== undefined);
  assertEquals(file.subarray(left.start + 5, left.end), frames[1]!);
});
