import type { ShownFrame } from "../../../../lib/ui/player/snapshot.ts";
import { parseDrawn } from "../../../../lib/ui/web/frame_message.ts";
import { FramePump } from "../../../../lib/ui/web/frame_pump.ts";
import { assertEquals } from "../../../support/assert.ts";

function frame(serial: number): ShownFrame {
  const jpeg = Uint8Array.of(0xff, 0xd8, serial);
  return { jpeg, serial, number: serial + 100, timestamp: 4500, arrivedAt: 1_700_000_000_123 };
}

/** A page that is slow: what was sent to it lies there. */
class SlowPage {
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];

  send(data: Uint8Array): void {
    this.sent.push(data);
  }

  get serials(): number[] {
    return this.sent.map((bytes) => new DataView(bytes.buffer).getUint32(4));
  }
}

Deno.test("a frame goes out with its numbers before it", () => {
  const page = new SlowPage();
  new FramePump(3, page).push(frame(7));
  const view = new DataView(page.sent[0]!.buffer);
  assertEquals([view.getUint8(0), view.getUint8(1)], [1, 3]);
  assertEquals([view.getUint32(4), view.getUint32(8), view.getUint32(12)], [7, 107, 4500]);
  assertEquals(view.getFloat64(16), 1_700_000_000_123);
  assertEquals([...page.sent[0]!.subarray(24)], [0xff, 0xd8, 7]);
});

Deno.test("three are on their way at most; of those that wait the newest wins", () => {
  const page = new SlowPage();
  const pump = new FramePump(0, page);
  for (let serial = 1; serial <= 10; serial++) pump.push(frame(serial));
  assertEquals(page.serials, [1, 2, 3]);
  assertEquals(pump.skipped, 6);
  pump.drawn(1);
  assertEquals(page.serials, [1, 2, 3, 10]);
  pump.drawn(2);
  assertEquals(page.serials, [1, 2, 3, 10], "none is sent twice");
});

Deno.test("drawing one picture settles those before it too", () => {
  const page = new SlowPage();
  const pump = new FramePump(0, page);
  for (const serial of [1, 2, 3, 4]) pump.push(frame(serial));
  assertEquals(page.serials, [1, 2, 3]);
  pump.drawn(2);
  pump.push(frame(5));
  assertEquals(page.serials, [1, 2, 3, 4, 5]);
});

Deno.test("a socket that does not empty gets one at a time", () => {
  const page = new SlowPage();
  page.bufferedAmount = 2 * 1024 * 1024;
  const pump = new FramePump(0, page);
  for (const serial of [1, 2, 3]) pump.push(frame(serial));
  assertEquals(page.serials, [1]);
  pump.drawn(1);
  assertEquals(page.serials, [1, 3]);
});

Deno.test("what a page says it has drawn is read, and nothing else", () => {
  const bytes = Uint8Array.of(2, 1, 0, 0, 0, 0, 1, 44);
  assertEquals(parseDrawn(bytes.buffer), { player: 1, serial: 300 });
  assertEquals(parseDrawn(Uint8Array.of(1, 1, 0, 0, 0, 0, 1, 44).buffer), undefined);
  assertEquals(parseDrawn(bytes.slice(1).buffer), undefined);
  assertEquals(parseDrawn(new ArrayBuffer(0)), undefined);
});
