import { typedTimeSeconds } from "../../../lib/sdp/timing.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("typed times are seconds, minutes, hours or days", () => {
  const rows: [string, number | undefined][] = [
    ["0", 0],
    ["3600", 3600],
    ["90s", 90],
    ["25m", 1500],
    ["-1h", -3600],
    ["7d", 604_800],
    ["", undefined],
    ["h", undefined],
    ["1w", undefined],
    ["1 h", undefined],
    ["1.5h", undefined],
  ];
  for (const [text, seconds] of rows) assertEquals(typedTimeSeconds(text), seconds, text);
});
