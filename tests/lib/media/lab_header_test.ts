import { formatLabHeader, type LabHeader, readLabHeader } from "../../../lib/media/lab_header.ts";
import { assertEquals } from "../../support/assert.ts";
import { ascii } from "../../support/split.ts";
import { join } from "./frames.ts";
import { hex } from "../../support/golden.ts";

const START = hex`ff d8 ff`;

const ROWS: { name: string; bytes: Uint8Array; header: LabHeader | undefined }[] = [
  {
    name: "five digits and a JPEG",
    bytes: join(ascii("10528"), START),
    header: { digits: 5, length: 10528, jpeg: true },
  },
  {
    name: "the longest length",
    bytes: join(ascii("99999"), START),
    header: { digits: 5, length: 99999, jpeg: true },
  },
  {
    name: "six digits (safiullah-foragy's converter)",
    bytes: join(ascii("100000"), START),
    header: { digits: 6, length: 100000, jpeg: true },
  },
  {
    name: "a zero is no sixth digit",
    bytes: join(ascii("010528"), START),
    header: { digits: 5, length: 1052, jpeg: false },
  },
  {
    name: "digits without a JPEG",
    bytes: join(ascii("00012"), hex`89 50 4e 47`),
    header: { digits: 5, length: 12, jpeg: false },
  },
  { name: "a letter among the digits", bytes: join(ascii("10a28"), START), header: undefined },
  { name: "four digits", bytes: join(ascii("1052"), START), header: undefined },
  { name: "the end of the file", bytes: ascii("1052"), header: undefined },
  { name: "nothing", bytes: hex``, header: undefined },
];

for (const { name, bytes, header } of ROWS) {
  Deno.test(`a lab file's frame length is read: ${name}`, () => {
    assertEquals(readLabHeader(bytes, 0), header);
    assertEquals(readLabHeader(join(hex`31 32 33`, bytes), 3), header);
  });
}

Deno.test("a frame length is written with five digits", () => {
  assertEquals(formatLabHeader(7), ascii("00007"));
  assertEquals(formatLabHeader(99999), ascii("99999"));
});
