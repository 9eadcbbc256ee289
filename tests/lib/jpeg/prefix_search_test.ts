import fc from "fast-check";
import { PrefixSearch } from "../../../lib/jpeg/prefix_search.ts";
import { assertEquals } from "../../support/assert.ts";

/** Bytes of which every other is the one looked for, or nearly so. */
const tempting = fc.oneof(fc.constantFrom(0xff, 0xfe, 0x7f, 0x80, 0x00, 0x01), fc.nat(255));

Deno.test("0xFF is found wherever it stands and wherever the bytes begin and end in memory", () => {
  fc.assert(
    fc.property(
      fc.array(tempting, { maxLength: 24 }),
      fc.nat(5),
      fc.nat(5),
      (values, before, behind) => {
        // What lies around them is 0xFF too, and is not theirs.
        const memory = new Uint8Array(before + values.length + behind).fill(0xff);
        memory.set(values, before);
        const bytes = memory.subarray(before, before + values.length);
        const search = new PrefixSearch(bytes);
        for (let from = 0; from <= bytes.length + 1; from++) {
          const at = bytes.indexOf(0xff, from);
          assertEquals(search.next(from), at < 0 ? bytes.length : at, `from ${from}`);
        }
      },
    ),
    { numRuns: 2000 },
  );
});
