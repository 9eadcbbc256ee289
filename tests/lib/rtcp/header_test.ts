import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatPacket,
  MAX_COUNT,
  MAX_RTCP_PACKET_LENGTH,
  MAX_RTCP_PADDING,
  openPacket,
  parseRtcpHeader,
} from "../../../lib/rtcp/header.ts";
import { assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

Deno.test("a header is read wherever it stands", () => {
  const bytes = hex`
    80 c9 00 01 00000000  # another packet before it
    bf cc 00 02           # V=2, P=1, count 31, APP, 3 words
    00000000 00000004
  `;
  const header = { hasPadding: true, count: 31, packetType: 204, length: 12 };
  assertEquals(parseRtcpHeader(bytes, 8), header);
});

Deno.test("a damaged header is malformed, with its position", () => {
  const rows: [bytes: Uint8Array, position: number, problem: string][] = [
    [hex`ffff 80c900`, 2, "Needs 4 bytes, has 3"],
    [hex`ffff`, 2, "Needs 4 bytes, has 0"],
    [hex`ffff 00c90000`, 2, "Version is 0, not 2"],
    [hex`ffff c0c90000`, 2, "Version is 3, not 2"],
    [hex`ffff 80c90001 000000`, 4, "Announces a packet of 8 bytes, only 7 are left"],
  ];
  for (const [bytes, position, problem] of rows) {
    const error = assertThrows(() => parseRtcpHeader(bytes, 2), MalformedError, problem);
    assertEquals(error.position, position);
  }
});

Deno.test("padding must be whole words that leave the header alone", () => {
  const rows: [bytes: Uint8Array, problem: string | undefined][] = [
    [hex`a0cd0001 00000004`, undefined],
    [hex`a0cd0001 00000000`, "Announces 0 bytes"],
    [hex`a0cd0001 00000003`, "Announces 3 bytes"],
    [hex`a0cd0001 00000008`, "Announces 8 bytes"],
    [hex`a0cd0000`, "Announces 0 bytes"],
  ];
  for (const [bytes, problem] of rows) {
    if (problem === undefined) {
      const { padding, reader } = openPacket(bytes, "test");
      assertEquals([padding, reader.remaining], [4, 0]);
    } else {
      const error = assertThrows(() => openPacket(bytes, "test"), MalformedError, problem);
      assertEquals(error.position, bytes.length - 1);
    }
  }
});

Deno.test("a packet of another type or with bytes after it is not opened", () => {
  const bytes = hex`80c90001 00000000`;
  assertEquals(openPacket(bytes, "test", 201).packetType, 201);
  assertThrows(() => openPacket(bytes, "test", 200), MalformedError, "type is 201, not 200");
  const longer = hex`80c90001 00000000 00000000`;
  assertThrows(() => openPacket(longer, "test", 201), MalformedError, "but 12 are there");
});

Deno.test("ceilings of the header hold at the limit and refuse one past it", () => {
  const full = { count: MAX_COUNT, packetType: 255, padding: MAX_RTCP_PADDING };
  const { count, packetType, padding } = openPacket(formatPacket(full, () => {}), "test");
  assertEquals({ count, packetType, padding }, full);
  for (
    const change of [
      { count: MAX_COUNT + 1 },
      { count: -1 },
      { packetType: 256 },
      { padding: MAX_RTCP_PADDING + 4 },
      { padding: 2 },
      { padding: -4 },
    ]
  ) assertThrows(() => formatPacket({ ...full, ...change }, () => {}), RangeError);
});

Deno.test("a packet of 65,536 words is the largest that can be written", () => {
  const body = new Uint8Array(MAX_RTCP_PACKET_LENGTH - 4);
  const opening = { count: 0, packetType: 205 };
  const bytes = formatPacket(opening, (writer) => writer.bytes(body));
  assertEquals(bytes.subarray(0, 4), hex`80cdffff`);
  assertEquals(parseRtcpHeader(bytes).length, MAX_RTCP_PACKET_LENGTH);
  assertThrows(() => formatPacket(opening, (w) => w.bytes(body).u32(0)), RangeError);
  assertThrows(() => formatPacket(opening, (w) => w.u8(0)), RangeError, "not a multiple of 4");
});
