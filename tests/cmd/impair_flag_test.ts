import { UsageError } from "../../cmd/exit_status.ts";
import { impairedLine, parseImpairment } from "../../cmd/impair_flag.ts";
import { NO_IMPAIRMENT, noCounts } from "../../lib/stream/impairment.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

Deno.test("all parts are read, in any order", () => {
  const text = "loss=2%,burst=3,delay=20ms,jitter=5ms,reorder=1%,duplicate=1.5%,corrupt=0.1%," +
    "rate=5M,stall=2s/30s,seed=7";
  const expected = {
    loss: 0.02,
    burst: 3,
    delayMs: 20,
    jitterMs: 5,
    reorder: 0.01,
    duplicate: 0.015,
    corrupt: 0.001,
    rate: 5e6,
    stall: { lengthMs: 2000, everyMs: 30_000 },
    seed: 7,
  };
  assertEquals(parseImpairment(text), expected);
  assertEquals(parseImpairment(text.split(",").reverse().join(",")), expected);
});

Deno.test("what is not said is a good network, always the same one", () => {
  assertEquals(parseImpairment("seed=0"), { ...NO_IMPAIRMENT, seed: 0 });
  assertEquals(parseImpairment("loss=100%"), { ...NO_IMPAIRMENT, loss: 1 });
  assertEquals(parseImpairment(undefined), undefined);
});

Deno.test("values are read at their limits", () => {
  const limits = "loss=0%,delay=60s,jitter=1m,rate=1k,stall=60s/1h,seed=4294967295";
  assertEquals(parseImpairment(limits), {
    ...NO_IMPAIRMENT,
    delayMs: 60_000,
    jitterMs: 60_000,
    rate: 1000,
    stall: { lengthMs: 60_000, everyMs: 3_600_000 },
    seed: 4_294_967_295,
  });
  assertEquals(parseImpairment("loss=100%,burst=10000")?.burst, 10_000);
  assertEquals(parseImpairment("rate=100G")?.rate, 100e9);
  assertEquals(parseImpairment("delay=1")?.delayMs, 1000, "a bare number is seconds");
});

const REFUSED: [text: string, says: string][] = [
  ["los=2%", '--impair: unknown part "los" (did you mean loss?)'],
  ["delay=1s,delya=2s", '--impair: unknown part "delya" (did you mean delay?)'],
  ["constructor=1", '--impair: unknown part "constructor" (did you mean'],
  ["", "--impair: a part is empty (write it like loss=2%,delay=20ms)"],
  ["loss=1%,,seed=1", "--impair: a part is empty"],
  ["=2%", "--impair: a part is empty"],
  ["loss", '--impair "loss": loss= needs a share in per cent (like 2%, 0.1%)'],
  ["seed=", '--impair "seed=": seed= needs a whole number'],
  ["loss=1%=2%", '--impair "loss=1%=2%": loss= needs a share'],
  ["loss=1%,loss=2%", "--impair: loss is there twice"],
  ["loss=2", '--impair loss=2: "2" is not a share in per cent'],
  ["loss=101%", '"101%" is not a share'],
  ["loss=-1%", '"-1%" is not a share'],
  ["corrupt=x%", '"x%" is not a share'],
  ["delay=60001ms", '"60001ms" is not a duration of at most 60s'],
  ["jitter=5 ms", '"5 ms" is not a duration'],
  ["rate=999", '"999" is not bits a second'],
  ["rate=101G", '"101G" is not bits a second'],
  ["rate=5m", '"5m" is not bits a second (like 500k, 5M; at least 1k)'],
  ["stall=2s", '"2s" is not LENGTH/EVERY'],
  ["stall=2s/2s", '"2s/2s" is not LENGTH/EVERY'],
  ["stall=0/2s", '"0/2s" is not LENGTH/EVERY'],
  ["stall=1s/2s/3s", '"1s/2s/3s" is not LENGTH/EVERY'],
  ["stall=61s/2h", '"61s/2h" is not LENGTH/EVERY'],
  ["seed=4294967296", '"4294967296" is not a whole number (0 to 4294967295)'],
  ["seed=1.5", '"1.5" is not a whole number'],
  ["loss=2%,burst=0.5", '"0.5" is not a number of packets in a row (1 to 10000)'],
  ["burst=3", "--impair: burst= says how losses come, and loss= how many"],
  ["loss=90%,burst=2", "--impair burst=2: with loss=90% rows are 9.0 long at least"],
];

for (const [text, says] of REFUSED) {
  Deno.test(`--impair ${JSON.stringify(text)} is refused, and it says why`, () => {
    assertThrows(() => parseImpairment(text), UsageError, says);
  });
}

Deno.test("what was done is told, without what was not", () => {
  const counts = { ...noCounts(), packets: 100, lost: 2 };
  assertEquals(impairedLine(counts), "impaired on purpose: of 100 packets 2 lost");
  const all = { ...counts, overflowed: 3, duplicated: 4, reordered: 5, corrupted: 6 };
  assertEquals(
    impairedLine(all),
    "impaired on purpose: of 100 packets 2 lost, 3 lost in the queue, 4 duplicated, 5 reordered, " +
      "6 corrupted",
  );
});
