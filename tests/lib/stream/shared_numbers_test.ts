import { SharedNumberJoiner } from "../../../lib/stream/shared_numbers.ts";
import { writeRtpHeader } from "../../../lib/rtp/header.ts";
import { LAB_FRAME_LIMIT } from "../../../lib/stream/lab_depacketizer.ts";
import { hex } from "../../support/golden.ts";
import { assertEquals } from "../../support/assert.ts";

function packet(sequence: number, marker: boolean, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  writeRtpHeader(bytes, 0, { marker, payloadType: 26, sequence, timestamp: 0, ssrc: 0 });
  bytes.set(payload, 12);
  return bytes;
}

const START = hex`ffd8 0102`;
const MIDDLE = hex`0304`;
const END = hex`05 ffd9`;
const WHOLE = hex`ffd8 0102 0304 05 ffd9`;

Deno.test("pieces under one number become one packet with the marker of the last", () => {
  const joiner = new SharedNumberJoiner();
  for (const number of [7, 8]) {
    assertEquals(joiner.push(packet(number, false, START)), []);
    assertEquals(joiner.push(packet(number, false, MIDDLE)), []);
    assertEquals(joiner.push(packet(number, true, END)), [
      { bytes: packet(number, true, WHOLE), datagrams: 3 },
    ]);
  }
  assertEquals(joiner.shared, true);
});

Deno.test("pieces with a number each pass as they are, in order", () => {
  const joiner = new SharedNumberJoiner();
  const packets = [packet(1, false, START), packet(2, false, MIDDLE), packet(3, true, END)];
  const passed = [...packets, ...packets].flatMap((bytes) => joiner.push(bytes));
  assertEquals(passed.map(({ bytes }) => bytes), [...packets, ...packets]);
  assertEquals(passed.every(({ datagrams }) => datagrams === 1), true);
  assertEquals(joiner.shared, false);
});

Deno.test("a picture in one packet passes at once, twice when the network doubled it", () => {
  const joiner = new SharedNumberJoiner();
  const whole = packet(1, false, WHOLE);
  for (let copy = 0; copy < 2; copy++) {
    assertEquals(joiner.push(whole), [{ bytes: whole, datagrams: 1 }]);
  }
  assertEquals(joiner.shared, undefined);
});

Deno.test("a picture whose end is lost is given up when the next one begins, or at the end", () => {
  const joiner = new SharedNumberJoiner();
  joiner.push(packet(1, false, START));
  joiner.push(packet(1, false, MIDDLE));
  assertEquals(joiner.push(packet(2, false, START)), [
    { bytes: packet(1, false, hex`ffd8 0102 0304`), datagrams: 2 },
  ]);
  assertEquals(joiner.flush(), [{ bytes: packet(2, false, START), datagrams: 1 }]);
  assertEquals(joiner.flush(), []);
});

Deno.test("a second copy of the first piece is not taken for a further piece", () => {
  const joiner = new SharedNumberJoiner();
  joiner.push(packet(1, false, START));
  assertEquals(joiner.push(packet(1, false, START)), []);
  assertEquals(joiner.push(packet(1, true, END)), [
    { bytes: packet(1, true, hex`ffd8 0102 05 ffd9`), datagrams: 2 },
  ]);
});

Deno.test("bytes that are no picture, or too few for a header, pass", () => {
  const joiner = new SharedNumberJoiner();
  for (const bytes of [hex`80 1a 00`, packet(1, false, MIDDLE), new Uint8Array(0)]) {
    assertEquals(joiner.push(bytes), [{ bytes, datagrams: 1 }]);
  }
  joiner.push(packet(2, false, START));
  assertEquals(joiner.push(hex`80`).map(({ bytes }) => bytes), [
    packet(2, false, START),
    hex`80`,
  ]);
});

Deno.test("a picture that does not end is given up past the limit, not at it", () => {
  const joiner = new SharedNumberJoiner();
  joiner.push(packet(1, false, START));
  const most = new Uint8Array(LAB_FRAME_LIMIT - START.length);
  assertEquals(joiner.push(packet(1, false, most)), []);
  const [given] = joiner.push(packet(1, false, MIDDLE));
  assertEquals(given?.bytes.length, 12 + LAB_FRAME_LIMIT + MIDDLE.length);
});
