import {
  formatSourceDescription,
  MAX_CHUNKS,
  MAX_ITEM_LENGTH,
  parseSourceDescription,
  type SdesChunk,
  type SdesItem,
  type SourceDescription,
} from "../../../lib/rtcp/source_description.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { type Malformed, packetSuite } from "./suite.ts";

function describe(...chunks: SdesChunk[]): SourceDescription {
  return { type: "SDES", chunks };
}

const golden: Golden<SourceDescription>[] = [
  {
    name: "one CNAME, as senders write it",
    bytes: hex`
      81 ca 00 03  # V=2, P=0, SC=1, SDES, 4 words
      11 22 33 44  # SSRC
      01 05        # CNAME, 5 bytes
      61 40 68 6f 73  # "a@hos"
      00           # the end, on the word
    `,
    value: describe({ source: 0x11223344, items: [{ type: "CNAME", text: "a@hos" }] }),
  },
  {
    name: "items that end on a word are ended by four bytes of 0",
    bytes: hex`
      81 ca 00 03  # SC=1, 4 words
      00 00 00 01  # SSRC
      01 02 61 62  # CNAME "ab"
      00 00 00 00  # the end
    `,
    value: describe({ source: 1, items: [{ type: "CNAME", text: "ab" }] }),
  },
  {
    name: "every item of RFC 3550, in two chunks",
    bytes: hex`
      82 ca 00 0c  # SC=2, 13 words
      00 00 00 01  # first source
      01 01 63     # CNAME "c"
      02 02 c3 a9  # NAME "é"
      03 01 65     # EMAIL "e"
      04 01 70     # PHONE "p"
      05 01 6c     # LOC "l"
      06 01 74     # TOOL "t"
      07 00        # NOTE, empty
      00 00 00     # the end, to the word
      00 00 00 02  # second source
      08 06        # PRIV, 6 bytes
      03 66 6f 6f  # prefix "foo"
      62 61        # value "ba"
      08 01 00     # PRIV without prefix or value
      09 02 ff 00  # an item that is not known
      00           # the end, on the word
    `,
    value: describe({
      source: 1,
      items: [
        { type: "CNAME", text: "c" },
        { type: "NAME", text: "é" },
        { type: "EMAIL", text: "e" },
        { type: "PHONE", text: "p" },
        { type: "LOC", text: "l" },
        { type: "TOOL", text: "t" },
        { type: "NOTE", text: "" },
      ],
    }, {
      source: 2,
      items: [
        { type: "PRIV", prefix: "foo", value: "ba" },
        { type: "PRIV", prefix: "", value: "" },
        { type: "unknown", itemType: 9, data: hex`ff00` },
      ],
    }),
  },
  {
    name: "texts that are not UTF-8 are kept as bytes",
    bytes: hex`
      81 ca 00 04  # SC=1, 5 words
      00 00 00 01  # source
      01 02 ff fe  # CNAME
      08 03 01 ff 61  # PRIV with such a prefix
      00 00 00     # the end
    `,
    value: describe({
      source: 1,
      items: [
        { type: "unknown", itemType: 1, data: hex`fffe` },
        { type: "unknown", itemType: 8, data: hex`01ff61` },
      ],
    }),
  },
  {
    name: "a byte order mark is text like any other",
    bytes: hex`81 ca 00 03 00000001 01 03 efbbbf 000000`,
    value: describe({ source: 1, items: [{ type: "CNAME", text: "\ufeff" }] }),
  },
  {
    name: "bytes after the end of a chunk that are not 0",
    bytes: hex`81 ca 00 03 00000001 01 02 6162 00 ffffff`,
    value: describe({ source: 1, items: [{ type: "CNAME", text: "ab" }] }),
    roundTrip: false,
  },
  {
    name: "a source without items",
    bytes: hex`81 ca 00 02 00000001 00000000`,
    value: describe({ source: 1, items: [] }),
  },
  {
    name: "no chunks but padding",
    bytes: hex`a0 ca 00 01 00000004`,
    value: { type: "SDES", chunks: [], padding: 4 },
  },
];

const malformed: Malformed[] = [
  {
    name: "a chunk without an end",
    bytes: hex`81ca0002 00000001 01026162`,
    position: 12,
    problem: "Needs 1 more bytes",
  },
  {
    name: "an item longer than the packet",
    bytes: hex`81ca0002 00000001 01036162`,
    position: 10,
    problem: "Needs 3 more bytes, only 2",
  },
  {
    name: "a second chunk that is not there",
    bytes: hex`82ca0002 00000001 00000000`,
    position: 12,
    problem: "Needs 4 more bytes",
  },
  {
    name: "a chunk that is not announced",
    bytes: hex`80ca0002 00000001 00000000`,
    position: 4,
    problem: "8 bytes follow the last of 0 chunks",
  },
  {
    name: "a private prefix longer than its item",
    bytes: hex`81ca0003 00000001 08020261 00000000`,
    position: 10,
    problem: "Announces a prefix of 2 bytes in an item of 2",
  },
  {
    name: "a private item without its prefix length",
    bytes: hex`81ca0002 00000001 08000000`,
    position: 10,
    problem: "Announces a prefix of 0 bytes in an item of 0",
  },
];

packetSuite(
  "source description",
  { parse: parseSourceDescription, format: formatSourceDescription },
  { golden, malformed },
);

Deno.test("item texts hold 255 bytes and not one more", () => {
  const exact = "é".repeat(127) + "e";
  const items: SdesItem[] = [
    { type: "CNAME", text: exact },
    { type: "PRIV", prefix: "p".repeat(100), value: "v".repeat(MAX_ITEM_LENGTH - 101) },
    { type: "unknown", itemType: 255, data: new Uint8Array(MAX_ITEM_LENGTH) },
  ];
  const sdes = describe({ source: 1, items });
  assertEquals(parseSourceDescription(formatSourceDescription(sdes)), sdes);
  const over: SdesItem[] = [
    { type: "CNAME", text: exact + "e" },
    { type: "PRIV", prefix: "p".repeat(100), value: "v".repeat(MAX_ITEM_LENGTH - 100) },
    { type: "unknown", itemType: 255, data: new Uint8Array(MAX_ITEM_LENGTH + 1) },
    { type: "unknown", itemType: 256, data: hex`` },
    { type: "unknown", itemType: 0, data: hex`` },
  ];
  for (const item of over) {
    const sdes = describe({ source: 1, items: [item] });
    assertThrows(() => formatSourceDescription(sdes), RangeError, "SDES item");
  }
});

Deno.test("a source description holds 31 chunks and not one more", () => {
  const chunks = Array.from({ length: MAX_CHUNKS }, (_, source) => ({ source, items: [] }));
  const full = describe(...chunks);
  assertEquals(parseSourceDescription(formatSourceDescription(full)), full);
  const over = describe(...chunks, { source: 0, items: [] });
  assertThrows(() => formatSourceDescription(over), RangeError);
});

Deno.test("data of an unknown item is a view", () => {
  const bytes = hex`81 ca 00 02 00000001 09 01 aa 00`;
  const item = parseSourceDescription(bytes).chunks[0]?.items[0];
  assert(item?.type === "unknown" && item.data.buffer === bytes.buffer);
});
