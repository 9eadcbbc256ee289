import { assert, assertEquals } from "../support/assert.ts";
import { Seeded } from "../support/seeded.ts";
import { check, CRASHERS, fuzz } from "./fuzz.ts";
import { LONG_RUN, MILLIONS } from "./long_run.ts";
import { inPieces, mutated } from "./mutate.ts";
import { TARGETS } from "./targets.ts";

/** Inputs a target gets in the ordinary test run; `deno task fuzz` tries as many as time allows. */
const INPUTS = 300;

for (const target of TARGETS) {
  Deno.test(`golden inputs and mutations of them keep the properties of ${target.name}`, async () => {
    for (const seed of target.seeds) {
      const crash = await check(target, seed.slice());
      if (crash !== undefined) throw crash.error;
    }
    const inputs = target.testInputs ?? INPUTS;
    const { tried, crash } = await fuzz(target, new Seeded(1), (tried) => tried === inputs);
    await target.end?.();
    if (crash !== undefined) throw crash.error;
    assertEquals(tried, inputs);
  });
}

Deno.test("the long run has ten million cases, and millions where they are promised", () => {
  const known = new Set(TARGETS.map(({ name }) => name));
  assertEquals(Object.keys(LONG_RUN).filter((name) => !known.has(name)), []);
  const all = (names: readonly string[]): number => {
    return names.reduce((sum, name) => sum + LONG_RUN[name]!, 0);
  };
  assert(all(Object.keys(LONG_RUN)) >= 10_000_000);
  for (const group of Object.values(MILLIONS)) assert(all(group) >= 1_000_000, group.join());
});

Deno.test("what once broke a property does not break it any more", async () => {
  for await (const { name, isFile } of Deno.readDir(CRASHERS)) {
    const target = TARGETS.find((target) => name.startsWith(`${target.name}.`));
    if (!isFile || target === undefined) continue;
    const crash = await check(target, await Deno.readFile(new URL(name, CRASHERS)));
    await target.end?.();
    if (crash !== undefined) throw new Error(`Crasher ${name}`, { cause: crash.error });
  }
});

Deno.test("the same seed brings the same inputs, and pieces are the whole", () => {
  const { seeds } = TARGETS[0]!;
  const inputs = (seed: number): Uint8Array[] => {
    const random = new Seeded(seed);
    return Array.from({ length: 50 }, () => mutated(seeds, random));
  };
  assertEquals(inputs(7), inputs(7));
  for (const bytes of inputs(8)) {
    assertEquals(inPieces(bytes, new Seeded(1)).flatMap((piece) => [...piece]), [...bytes]);
  }
});

Deno.test("a target that breaks its property is caught, with the input", async () => {
  const broken = {
    name: "broken",
    seeds: [Uint8Array.of(1, 2, 3)],
    check: (bytes: Uint8Array): void => {
      if (bytes.length > 3) throw new TypeError("too long");
      bytes[0] = 0;
    },
  };
  const { crash } = await fuzz(broken, new Seeded(1), (tried) => tried > 1000);
  assertEquals(crash?.target.name, "broken");
  assertEquals(await check(broken, Uint8Array.of(0, 1)), undefined);
  const touched = await check(broken, Uint8Array.of(5));
  assertEquals(touched?.bytes, Uint8Array.of(5));
});
