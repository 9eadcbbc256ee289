// A person who has seen enough, at whatever moment.
import { packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import { onStage } from "../../../support/viewer.ts";
import { assertEquals } from "../../../support/assert.ts";

const REASON = new Error("enough");

/** What a promise was rejected with. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => undefined, (error) => error);
}

for (const method of ["OPTIONS", "DESCRIBE", "SETUP"]) {
  Deno.test(`calling off while ${method} is awaited ends at once`, async () => {
    await onStage({ answers: { [method]: "silence" } }, async (stage) => {
      const opening = rejection(stage.open());
      await stage.server.request(method);
      stage.abort.abort(REASON);
      assertEquals(await opening, REASON);
    });
  });
}

Deno.test("calling off before anything has begun opens no connection", async () => {
  await onStage({}, async (stage) => {
    stage.abort.abort(REASON);
    assertEquals(await rejection(stage.open()), REASON);
    assertEquals(stage.server.connections.length, 0);
  });
});

Deno.test("calling off while connecting ends at once", async () => {
  await onStage({}, async (stage) => {
    // Nobody takes the connections that wait here; TLS waits for the first word.
    const deaf = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `rtsps://127.0.0.1:${(deaf.addr as Deno.NetAddr).port}/movie`;
    const opening = rejection(stage.open({}, url));
    await new Promise((resolve) => setTimeout(resolve, 20));
    stage.abort.abort(REASON);
    assertEquals(await opening, REASON);
    deaf.close();
  });
});

Deno.test("calling off while PLAY is awaited tears the session down", async () => {
  await onStage({ answers: { PLAY: "silence" } }, async (stage) => {
    const session = await stage.open();
    const playing = rejection(session.play());
    await stage.server.request("PLAY");
    stage.abort.abort(REASON);
    assertEquals(await playing, REASON);
    await session.close();
    assertEquals(stage.server.methods.at(-1), "TEARDOWN");
  });
});

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`calling off while it plays over ${transport} keeps what came and tears down`, async () => {
    await onStage({}, async (stage) => {
      const session = await stage.play({ transport });
      await stage.server.connections[0]!.rtp(...packetsOf(PICTURES)[0]!);
      await stage.viewer.until("a picture", ({ frames }) => frames.length === 1);
      stage.abort.abort(REASON);
      await stage.clock.advance(50);
      assertEquals(await session.ended, "stopped");
      await session.close();
      assertEquals(stage.server.methods.at(-1), "TEARDOWN");
    });
  });
}

Deno.test("closing twice tears down once, and both wait for it", async () => {
  await onStage({}, async (stage) => {
    const session = await stage.play();
    await Promise.all([session.close(), session.close()]);
    assertEquals(stage.server.asked("TEARDOWN").length, 1);
  });
});

Deno.test("SETUP that fails after it made a session is torn down", async () => {
  const SETUP = { headers: { Transport: "RTP/AVP/UDP;unicast" } };
  await onStage({ answers: { SETUP } }, async (stage) => {
    await rejection(stage.open());
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE", "SETUP", "TEARDOWN"]);
  });
});
