import { Nonces } from "../../../lib/server/nonces.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function make(): Nonces {
  let next = 0;
  return new Nonces(new FakeClock(), (length) => new Uint8Array(length).fill(++next), 1000);
}

Deno.test("counts of a nonce only go up, each nonce's by themselves", () => {
  const nonces = make();
  const counts: [string, number, boolean][] = [
    ["a", 1, true],
    ["a", 1, false],
    ["b", 1, true],
    ["a", 3, true],
    ["a", 2, false],
    ["a", 0xffff_ffff, true],
    ["b", 0, false],
  ];
  for (const [nonce, count, fresh] of counts) {
    assertEquals(nonces.count(nonce, count), fresh, `${nonce} ${count}`);
  }
});

Deno.test("counts of 4,096 nonces are kept, and the one used longest ago goes first", () => {
  const nonces = make();
  for (let i = 0; i < 4096; i++) nonces.count(`nonce ${i}`, 1);
  assert(!nonces.count("nonce 0", 1), "all are kept up to the limit");
  nonces.count("nonce 0", 2);
  nonces.count("one more", 1);
  assert(!nonces.count("nonce 0", 2), "used again lately");
  assert(!nonces.count("nonce 2", 1), "within the limit");
  assert(nonces.count("nonce 1", 1), "forgotten");
});

Deno.test("a nonce is letters a header can carry", () => {
  assert(/^[0-9a-f.]{67,80}$/.test(make().issue("")));
});
