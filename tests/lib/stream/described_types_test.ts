import { DescribedTypes } from "../../../lib/stream/described_types.ts";
import { assertEquals } from "../../support/assert.ts";

const CASES: [name: string, described: number[], came: number[], taken: boolean[]][] = [
  ["a foreign type among described ones is left out", [96], [96, 50, 96], [true, false, true]],
  ["a foreign type counts until a described one comes", [96], [50, 50, 96, 50], [
    ...[true, true, true, false],
  ]],
  ["where nothing is described everything counts", [], [26, 50], [true, true]],
  ["each of several described types counts", [0, 96], [0, 96, 8], [true, true, false]],
];

for (const [name, described, came, taken] of CASES) {
  Deno.test(`which packets carry a stream: ${name}`, () => {
    const types = new DescribedTypes(described);
    assertEquals(came.map((type) => types.takes(type)), taken);
  });
}
