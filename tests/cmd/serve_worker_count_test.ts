import { UsageError } from "../../cmd/exit_status.ts";
import { workerCount, type WorkerCountFacts } from "../../cmd/serve_worker_count.ts";
import { assertEquals, assertThrows } from "../support/assert.ts";

function facts(given: Partial<WorkerCountFacts>): WorkerCountFacts {
  return { asked: undefined, os: "linux", cores: 8, transport: "auto", ...given };
}

const COUNTS: readonly [name: string, given: Partial<WorkerCountFacts>, count: number][] = [
  ["one per core", {}, 8],
  ["one on a machine with one core", { cores: 1 }, 1],
  ["one where a port cannot be shared", { os: "windows" }, 1],
  ["one where a shared port is not balanced", { os: "darwin" }, 1],
  ["one for multicast", { transport: "multicast" }, 1],
  ["one per pair of UDP ports", { udpPorts: { first: 6000, last: 6005 } }, 3],
  ["pairs begin with even ports", { udpPorts: { first: 6001, last: 6006 } }, 2],
  ["as many as asked for", { asked: 3 }, 3],
  ["more than cores when asked for", { asked: 16 }, 16],
  ["one when asked for, everywhere", { asked: 1, os: "windows", transport: "multicast" }, 1],
  ["as many as there are pairs", { asked: 3, udpPorts: { first: 6000, last: 6005 } }, 3],
  ["no more than the most", { cores: 1000 }, 256],
];

for (const [name, given, count] of COUNTS) {
  Deno.test(`workers: ${name}`, () => assertEquals(workerCount(facts(given)), count));
}

const REFUSED: readonly [given: Partial<WorkerCountFacts>, why: string][] = [
  [{ os: "windows" }, "--workers 4: workers share a port, which only Linux can"],
  [{ transport: "multicast" }, "--workers 4: a multicast stream is sent once, by one worker"],
  [{ udpPorts: { first: 6000, last: 6006 } }, "--workers 4: each needs a pair of UDP ports"],
];

for (const [given, why] of REFUSED) {
  Deno.test(`refused is ${why}`, () => {
    assertThrows(() => workerCount(facts({ asked: 4, ...given })), UsageError, why);
  });
}
