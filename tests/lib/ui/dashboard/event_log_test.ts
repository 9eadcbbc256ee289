import { EventLog, levelOf, LOG_LINES } from "../../../../lib/ui/dashboard/event_log.ts";
import { assertEquals } from "../../../support/assert.ts";

Deno.test("the log keeps its last lines, and their numbers go on", () => {
  const log = new EventLog();
  assertEquals([log.newest, log.after(0)], [0, []]);
  for (let i = 1; i <= LOG_LINES + 1; i++) log.add(i, "ready", `line ${i}`);
  assertEquals(log.newest, LOG_LINES + 1);
  const kept = log.after(0);
  assertEquals([kept.length, kept[0]?.number, kept.at(-1)?.text], [
    LOG_LINES,
    2,
    `line ${LOG_LINES + 1}`,
  ]);
  assertEquals(log.after(LOG_LINES).map(({ number }) => number), [LOG_LINES + 1]);
});

Deno.test("a line is no longer than it may be", () => {
  const log = new EventLog();
  for (const length of [500, 501]) log.add(0, "error", "x".repeat(length));
  assertEquals(log.after(0).map(({ text }) => text.length), [500, 500]);
});

Deno.test("levels are by the kind of event", () => {
  assertEquals(
    ["error", "session-warning", "limit-reached", "session-setup"].map(levelOf),
    ["error", "warning", "warning", "info"],
  );
});
