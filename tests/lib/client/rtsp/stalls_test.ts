// Servers that say nothing, or less or more than they announce.
import { NoReplyError, StatusError } from "../../../../lib/client/errors.ts";
import { UnreachableError } from "../../../../lib/net/errors.ts";
import { type Answer, JPEG_SDP } from "../../../support/scripted_server.ts";
import { onStage, TIMEOUT_MS } from "../../../support/viewer.ts";
import { assertEquals, assertRejects } from "../../../support/assert.ts";

const STEPS = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"];

for (const [i, method] of STEPS.entries()) {
  Deno.test(`no reply to ${method} is told when the timeout is over, not before`, async () => {
    await onStage({ answers: { [method]: "silence" } }, async (stage) => {
      const playing = stage.play();
      let failed = false;
      playing.catch(() => failed = true);
      await stage.server.request(method);
      await stage.clock.advance(TIMEOUT_MS - 1);
      assertEquals(failed, false);
      await stage.clock.advance(1);
      await assertRejects(() => playing, NoReplyError, `no reply to ${method} in 10 s`);
      assertEquals(stage.server.methods.slice(0, i + 1), STEPS.slice(0, i + 1));
    });
  });

  Deno.test(`a server that hangs up instead of answering ${method} is told at once`, async () => {
    await onStage({ answers: { [method]: "hang up" } }, async (stage) => {
      await assertRejects(
        () => stage.play(),
        NoReplyError,
        `no reply to ${method}: the server closed the connection`,
      );
    });
  });
}

Deno.test("TEARDOWN that is not answered is waited for a second", async () => {
  await onStage({ answers: { TEARDOWN: "silence" } }, async (stage) => {
    const session = await stage.play();
    const closing = session.close();
    await stage.server.request("TEARDOWN");
    await stage.clock.advance(1000);
    await closing;
  });
});

/** DESCRIBE's reply with a Content-Length of its own. */
function lengthOf(length: number | string): Answer {
  return { headers: { "Content-Length": String(length) } };
}

Deno.test("a Content-Length too large is told when the rest does not come", async () => {
  await onStage({ answers: { DESCRIBE: lengthOf(JPEG_SDP.length + 2) } }, async (stage) => {
    const opening = stage.open();
    opening.catch(() => {});
    await stage.server.request("DESCRIBE");
    await assertRejects(
      () => stage.pass(opening),
      NoReplyError,
      "no whole reply to DESCRIBE in 10 s: it has begun, but the rest of what its Content-Length",
    );
  });
});

Deno.test("a Content-Length too small costs the end of the description and nothing behind it", async () => {
  // What is cut off: the last character of "a=control:track1" and the line end.
  await onStage({ answers: { DESCRIBE: lengthOf(JPEG_SDP.length - 3) } }, async (stage) => {
    await stage.play();
    assertEquals(stage.server.asked("SETUP")[0]?.uri, `${stage.server.url()}/track`);
  });
});

for (const length of ["4294967296", "99999999999999999999", "-1", "many"]) {
  Deno.test(`Content-Length: ${length} is not waited for`, async () => {
    await onStage({ answers: { DESCRIBE: lengthOf(length) } }, async (stage) => {
      const opening = stage.open();
      opening.catch(() => {});
      await stage.viewer.until("a note", ({ codes }) => codes.includes("malformed-message"));
      const error = await assertRejects(() => stage.pass(opening), NoReplyError);
      assertEquals(error.message.startsWith("no readable reply to DESCRIBE in 10 s: "), true);
      assertEquals(error.message.includes("Content-Length"), true);
    });
  });
}

Deno.test("a refused connection is told with the address", async () => {
  await onStage({}, async (stage) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    await assertRejects(
      () => stage.open({}, `rtsp://127.0.0.1:${port}/movie`),
      UnreachableError,
      `cannot reach 127.0.0.1:${port}: connection refused`,
    );
  });
});

Deno.test("a server that is no RTSPS server cannot be reached by it", async () => {
  await onStage({}, async (stage) => {
    const url = stage.server.url().replace("rtsp:", "rtsps:");
    const opening = stage.open({}, url);
    await assertRejects(() => stage.pass(opening), UnreachableError, "cannot reach 127.0.0.1");
  });
});

Deno.test("404 to DESCRIBE ends it without TEARDOWN, and the connection is closed", async () => {
  await onStage({ answers: { DESCRIBE: { status: 404, reason: "Not Found" } } }, async (stage) => {
    await assertRejects(() => stage.open(), StatusError, "DESCRIBE was answered 404 Not Found");
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE"]);
  });
});

Deno.test("an error status to PLAY tears the session down", async () => {
  await onStage({ answers: { PLAY: { status: 457 } } }, async (stage) => {
    const session = await stage.open();
    await assertRejects(() => session.play(), StatusError, "PLAY was answered 457");
    await session.close();
    assertEquals(stage.server.methods.at(-1), "TEARDOWN");
  });
});
