import { describeServerEvent, isTalk, jsonLine } from "../../cmd/server_log.ts";
import { assertEquals } from "../support/assert.ts";

Deno.test("an event for programs has its name first, then what it tells, then the time", () => {
  const clock = { wallTime: () => Date.UTC(2031, 1, 3, 4, 5, 6, 7) };
  assertEquals(
    jsonLine({ event: "connected", peer: "192.0.2.7:40000" }, clock),
    '{"event":"connected","peer":"192.0.2.7:40000","time":"2031-02-03T04:05:06.007Z"}',
  );
});

Deno.test("a limit that was reached is told to people, with how often", () => {
  const event = {
    event: "limit-reached",
    limit: "sessions",
    peer: "192.0.2.7:40000",
    times: 3,
  } as const;
  assertEquals(isTalk(event), true);
  assertEquals(describeServerEvent(event), "192.0.2.7:40000 limit reached: sessions (3 times)");
  assertEquals(
    describeServerEvent({ ...event, times: 1 }),
    "192.0.2.7:40000 limit reached: sessions",
  );
});
