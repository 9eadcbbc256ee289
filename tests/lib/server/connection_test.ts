import { greet, NO_REQUEST_IN_TIME, type PeerConnection } from "../../../lib/server/connection.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("who says nothing has its time and no more, also where a timer fires a moment early", async () => {
  let now = 0;
  const waits: number[] = [];
  const limits: string[] = [];
  const connection = {
    context: { options: { clock: { now: () => now }, limits: { firstRequestMs: 1000 } } },
    read: (milliseconds: number) => {
      waits.push(milliseconds);
      now += milliseconds > 1 ? milliseconds - 0.5 : milliseconds;
      return Promise.resolve("quiet");
    },
    limitReached: (limit: string) => limits.push(limit),
  } as unknown as PeerConnection;
  assertEquals(await greet(connection), NO_REQUEST_IN_TIME);
  assertEquals([waits, limits], [[1000, 0.5], ["first-request"]]);
});
