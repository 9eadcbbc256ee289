import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  extensionForm,
  formatOneByteExtension,
  formatTwoByteExtension,
  MAX_EXTENSION_LENGTH,
  MAX_ONE_BYTE_ID,
  MAX_ONE_BYTE_LENGTH,
  MAX_TWO_BYTE_ID,
  MAX_TWO_BYTE_LENGTH,
  parseExtensionElements,
  type RtpExtension,
  type RtpExtensionElement,
} from "../../../lib/rtp/extension.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";

interface Row {
  name: string;
  extension: RtpExtension;
  elements: RtpExtensionElement[];
  /** Writes the elements; absent where the data has padding that would come out elsewhere. */
  format?: (elements: RtpExtensionElement[]) => RtpExtension;
}

const ROWS: Row[] = [
  {
    name: "one-byte form",
    extension: {
      profile: 0xbede,
      data: hex`
        10 aa           # ID 1, 1 byte
        e3 01 02 03 04  # ID 14, 4 bytes
        00              # padding
      `,
    },
    elements: [{ id: 1, data: hex`aa` }, { id: 14, data: hex`01020304` }],
    format: formatOneByteExtension,
  },
  {
    name: "one-byte form with padding between elements",
    extension: { profile: 0xbede, data: hex`10 aa 00 00 21 bb cc 00` },
    elements: [{ id: 1, data: hex`aa` }, { id: 2, data: hex`bbcc` }],
  },
  {
    name: "one-byte form ended by ID 15",
    extension: { profile: 0xbede, data: hex`10 aa f0 bb 20 cc 00 00` },
    elements: [{ id: 1, data: hex`aa` }],
  },
  {
    name: "one-byte form ended by ID 0 with a length",
    extension: { profile: 0xbede, data: hex`10 aa 03 bb 20 cc 00 00` },
    elements: [{ id: 1, data: hex`aa` }],
  },
  {
    name: "two-byte form with an empty element",
    extension: {
      profile: 0x1000,
      data: hex`
        01 00           # ID 1, no bytes
        0f 03 0a 0b 0c  # ID 15, 3 bytes
        00              # padding
      `,
    },
    elements: [{ id: 1, data: hex`` }, { id: 15, data: hex`0a0b0c` }],
    format: (elements) => formatTwoByteExtension(elements),
  },
  {
    name: "two-byte form with appbits",
    extension: { profile: 0x100f, data: hex`ff 02 0102` },
    elements: [{ id: 255, data: hex`0102` }],
    format: (elements) => formatTwoByteExtension(elements, 15),
  },
  {
    name: "no elements",
    extension: { profile: 0xbede, data: hex`` },
    elements: [],
    format: formatOneByteExtension,
  },
  {
    name: "profile-specific data is left alone",
    extension: { profile: 0xabac, data: hex`10 aa 00 00` },
    elements: [],
  },
];

for (const { name, extension, elements, format } of ROWS) {
  Deno.test(`header extension elements: ${name}`, () => {
    assertEquals(parseExtensionElements(extension), elements);
    if (format !== undefined) assertEquals(format(elements), extension);
  });
}

Deno.test("the profile field tells the form", () => {
  const forms: [number, string][] = [
    [0xbede, "one-byte"],
    [0xbedf, "profile-specific"],
    [0x0fff, "profile-specific"],
    [0x1000, "two-byte"],
    [0x100f, "two-byte"],
    [0x1010, "profile-specific"],
  ];
  for (const [profile, form] of forms) {
    assertEquals(extensionForm({ profile, data: hex`` }) as string, form, profile.toString(16));
  }
});

Deno.test("an element beyond the data is malformed, with its position in the data", () => {
  const cases: [number, Uint8Array, number][] = [
    [0xbede, hex`10 aa 21 bb`, 3],
    [0x1000, hex`01 03 aa bb`, 2],
    [0x1000, hex`00 00 00 01`, 4],
  ];
  for (const [profile, data, position] of cases) {
    const error = assertThrows(() => parseExtensionElements({ profile, data }), MalformedError);
    assertEquals(error.position, position);
  }
});

Deno.test("elements are views of the extension's data", () => {
  const data = hex`10 aa 00 00`;
  const [element] = parseExtensionElements({ profile: 0xbede, data });
  assert(element?.data.buffer === data.buffer);
});

Deno.test("ceilings of the one-byte form hold at the limit and refuse one past it", () => {
  const elements = [{ id: MAX_ONE_BYTE_ID, data: new Uint8Array(MAX_ONE_BYTE_LENGTH) }];
  assertEquals(parseExtensionElements(formatOneByteExtension(elements)), elements);
  const one = new Uint8Array(1);
  for (
    const element of [
      { id: 0, data: one },
      { id: MAX_ONE_BYTE_ID + 1, data: one },
      { id: 1, data: new Uint8Array(0) },
      { id: 1, data: new Uint8Array(MAX_ONE_BYTE_LENGTH + 1) },
    ]
  ) assertThrows(() => formatOneByteExtension([element]), RangeError);
});

Deno.test("ceilings of the two-byte form hold at the limit and refuse one past it", () => {
  const elements = [{ id: MAX_TWO_BYTE_ID, data: new Uint8Array(MAX_TWO_BYTE_LENGTH) }];
  assertEquals(parseExtensionElements(formatTwoByteExtension(elements)), elements);
  for (
    const element of [
      { id: 0, data: new Uint8Array(0) },
      { id: MAX_TWO_BYTE_ID + 1, data: new Uint8Array(0) },
      { id: 1, data: new Uint8Array(MAX_TWO_BYTE_LENGTH + 1) },
    ]
  ) assertThrows(() => formatTwoByteExtension([element]), RangeError);
  assertThrows(() => formatTwoByteExtension([], 16), RangeError, "appbits");
});

Deno.test("an extension holds 65,535 words and not one more", () => {
  // Elements of 4 bytes with their header; one of them makes one word.
  const element = { id: 1, data: new Uint8Array(2) };
  const words = Array.from({ length: MAX_EXTENSION_LENGTH / 4 }, () => element);
  assertEquals(formatTwoByteExtension(words).data.length, MAX_EXTENSION_LENGTH);
  assertThrows(() => formatTwoByteExtension([...words, element]), RangeError, "at most");
});

Deno.test("any elements survive the way to bytes and back, in both forms", () => {
  const oneByte = fc.array(fc.record({
    id: fc.integer({ min: 1, max: MAX_ONE_BYTE_ID }),
    data: fc.uint8Array({ minLength: 1, maxLength: MAX_ONE_BYTE_LENGTH }),
  }));
  const twoByte = fc.array(fc.record({
    id: fc.integer({ min: 1, max: MAX_TWO_BYTE_ID }),
    data: fc.uint8Array({ maxLength: MAX_TWO_BYTE_LENGTH }),
  }));
  fc.assert(fc.property(oneByte, (elements) => {
    assertEquals(parseExtensionElements(formatOneByteExtension(elements)), elements);
  }));
  fc.assert(fc.property(twoByte, (elements) => {
    const extension = formatTwoByteExtension(elements);
    assertEquals(extension.data.length % 4, 0);
    assertEquals(parseExtensionElements(extension), elements);
  }));
});

Deno.test("random extension data is elements or malformed, and stays untouched", () => {
  const profiles = fc.constantFrom(0xbede, 0x1000, 0x1234);
  fc.assert(fc.property(profiles, fc.uint8Array({ maxLength: 64 }), (profile, data) => {
    const before = data.slice();
    try {
      for (const { id } of parseExtensionElements({ profile, data })) assert(id > 0);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
    assertEquals(data, before);
  }));
});
