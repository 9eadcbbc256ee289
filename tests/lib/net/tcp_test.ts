import { systemClock } from "../../../lib/net/clock.ts";
import { BindError, UnreachableError } from "../../../lib/net/errors.ts";
import { connectTcp, listenTcp } from "../../../lib/net/tcp.ts";
import { assertRejects, assertThrows } from "../../support/assert.ts";

Deno.test("a port that is taken says which and what to do", () => {
  const listener = listenTcp("127.0.0.1", 0);
  const { port } = listener.addr;
  try {
    assertThrows(
      () => listenTcp("127.0.0.1", port),
      BindError,
      `cannot bind 127.0.0.1:${port}: address already in use (try another port, or 0 for any`,
    );
  } finally {
    listener.close();
  }
});

Deno.test("a port nobody listens on says which and why, and a call that is off says its reason", async () => {
  const listener = listenTcp("127.0.0.1", 0);
  const { port } = listener.addr;
  listener.close();
  const options = { clock: systemClock, timeout: 5000 };
  await assertRejects(
    () => connectTcp("127.0.0.1", port, options),
    UnreachableError,
    `cannot reach 127.0.0.1:${port}: connection refused`,
  );
  const signal = AbortSignal.abort(new RangeError("called off"));
  await assertRejects(
    () => connectTcp("127.0.0.1", port, { ...options, signal }),
    RangeError,
    "called off",
  );
});
