import { packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import type { Answer } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { assertEquals } from "../../../support/assert.ts";

const SHORT: Answer = { headers: { Session: "A1B2C3;timeout=2" } };

/** Lets so many ms pass while a packet comes now and then, so that nothing is silent. */
async function playFor(stage: Stage, milliseconds: number): Promise<void> {
  const packets = packetsOf(PICTURES).flat();
  for (let passed = 0; passed < milliseconds; passed += 500) {
    const count = stage.viewer.packets.length;
    await stage.server.connections[0]!.rtp(packets[count % packets.length]!);
    await stage.viewer.until("a packet", ({ packets }) => packets.length > count);
    await stage.clock.advance(500);
  }
}

const METHODS: [what: string, options: Answer, method: string][] = [
  ["lists GET_PARAMETER", {}, "GET_PARAMETER"],
  ["does not", { headers: { Public: "OPTIONS, DESCRIBE, SETUP, PLAY" } }, "OPTIONS"],
  ["lists nothing", { headers: { Public: undefined } }, "OPTIONS"],
  ["refuses OPTIONS", { status: 501 }, "OPTIONS"],
];

for (const [what, options, method] of METHODS) {
  Deno.test(`a server that ${what} is kept awake by ${method} at half its timeout`, async () => {
    await onStage({ answers: { SETUP: SHORT, OPTIONS: options } }, async (stage) => {
      await stage.play();
      const before = stage.server.requests.length;
      await stage.clock.advance(950);
      assertEquals(stage.server.requests.length, before);
      await playFor(stage, 3000);
      await stage.server.until("three of them", () => stage.server.requests.length >= before + 3);
      const asked = stage.server.requests.slice(before);
      assertEquals(asked.map(({ method }) => method), [method, method, method]);
      const [first] = asked;
      assertEquals(first?.uri, `${stage.server.url()}/`);
      assertEquals(first?.headers.get("Session"), "A1B2C3");
    });
  });
}

const TIMEOUTS: [value: string, seconds: number][] = [
  ["1", 30],
  ["1;timeout=0", 30],
  ["1; timeout=20", 10],
];

for (const [value, seconds] of TIMEOUTS) {
  Deno.test(`Session: ${value} is kept alive every ${seconds} s`, async () => {
    await onStage({ answers: { SETUP: { headers: { Session: value } } } }, async (stage) => {
      await stage.play();
      await playFor(stage, seconds * 1000 - 500);
      assertEquals(stage.server.asked("GET_PARAMETER").length, 0);
      await playFor(stage, 1000);
      await stage.server.request("GET_PARAMETER");
    });
  });
}

for (const status of [400, 454, 501]) {
  Deno.test(`a keep-alive refused with ${status} ends nothing; the next one is OPTIONS`, async () => {
    const answers = { SETUP: SHORT, GET_PARAMETER: { status } };
    await onStage({ answers }, async (stage) => {
      await stage.play();
      await playFor(stage, 1000);
      await stage.viewer.until("a note", ({ codes }) => codes.includes("keep-alive"));
      await playFor(stage, 2000);
      await stage.server.request("OPTIONS", 2);
      assertEquals(stage.server.asked("GET_PARAMETER").length, 1);
    });
  });
}

Deno.test("a keep-alive that is never answered ends nothing while media comes", async () => {
  await onStage({ answers: { SETUP: SHORT, GET_PARAMETER: "silence" } }, async (stage) => {
    const session = await stage.play();
    await playFor(stage, 15_000);
    await stage.server.request("GET_PARAMETER", 10);
    await session.close();
    assertEquals(await session.ended, "stopped");
    assertEquals(stage.server.methods.at(-1), "TEARDOWN");
  });
});

Deno.test("a keep-alive answered with a body is fine (trap 17)", async () => {
  const answers = { SETUP: SHORT, GET_PARAMETER: { body: "2026.06.24" } };
  await onStage({ answers }, async (stage) => {
    await stage.play();
    await playFor(stage, 3000);
    await stage.server.request("GET_PARAMETER", 3);
    assertEquals(stage.viewer.codes, []);
  });
});

Deno.test("a session is kept alive before it plays and while it pauses", async () => {
  await onStage({ answers: { SETUP: SHORT } }, async (stage) => {
    const session = await stage.open();
    await stage.clock.advance(1000);
    await stage.server.request("GET_PARAMETER", 1);
    await session.play();
    await session.pause();
    await stage.clock.advance(1000);
    await stage.server.request("GET_PARAMETER", 2);
  });
});
