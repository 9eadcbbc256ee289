import { MemoryBytes } from "../../../lib/media/byte_source.ts";
import { MAX_FAULTS_IN_A_ROW } from "../../../lib/media/frame_scanner.ts";
import { openLabFile } from "../../../lib/media/lab_file.ts";
import type { FrameFault } from "../../../lib/stream/frame_source.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { hex } from "../../support/golden.ts";
import { ascii } from "../../support/split.ts";
import {
  allFrames,
  BYTE_SOURCES,
  join,
  jpegWithThumbnail,
  labFile,
  labFrame,
  tinyJpeg,
  WINDOWS,
} from "./frames.ts";

const A = tinyJpeg(1, 60);
const B = tinyJpeg(2, 70);
const C = jpegWithThumbnail(3);
const PNG = join(hex`89 50 4e 47 0d 0a 1a 0a`, new Uint8Array(30));
/** Behind frame A. */
const SECOND = 65;

interface Row {
  name: string;
  file: Uint8Array;
  frames: Uint8Array[];
  faults: FrameFault[];
}

function fault(frame: number, position: number, problem: string, recovered = false): FrameFault {
  return { frame, position, problem, recovered };
}

/** A whole frame between A and C whose length is damaged to `text`; `problem` says how. */
function damagedLength(name: string, text: string, problem: string): Row {
  return {
    name,
    file: join(labFrame(A), ascii(text), B, labFrame(C)),
    frames: [A, B, C],
    faults: [fault(2, SECOND, `${problem}; the JPEG itself is whole`, true)],
  };
}

const ROWS: Row[] = [
  damagedLength("a letter in a length", "0o070", 'The length "0o070" is not five digits'),
  damagedLength("a digit lost", "0070", 'The length "0070ÿ" is not five digits'),
  damagedLength(
    "a length too short",
    "00050",
    "The length 50 leads to byte 120, where no frame begins",
  ),
  damagedLength(
    "a length too long",
    "00085",
    "The length 85 leads to byte 155, where no frame begins",
  ),
  damagedLength(
    "a length past the end",
    "99999",
    "The length 99999 exceeds the 151 bytes that are left",
  ),
  damagedLength("a length of 0", "00000", "The length 0 leads to byte 70, where no frame begins"),
  {
    name: "the first length damaged",
    file: join(ascii("?????"), A, labFrame(B)),
    frames: [A, B],
    faults: [fault(1, 0, 'The length "?????" is not five digits; the JPEG itself is whole', true)],
  },
  {
    name: "two lengths damaged in a row",
    file: join(ascii("00001"), A, ascii("-----"), B, labFrame(C)),
    frames: [A, B, C],
    faults: [
      fault(
        1,
        0,
        "The length 1 leads to byte 6, where no frame begins; the JPEG itself is whole",
        true,
      ),
      fault(
        2,
        SECOND,
        'The length "-----" is not five digits; the JPEG itself is whole',
        true,
      ),
    ],
  },
  {
    name: "the last frame cut",
    file: join(labFrame(A), labFrame(B).subarray(0, -20)),
    frames: [A],
    faults: [
      fault(2, SECOND, "The length 70 exceeds the 50 bytes that are left; the JPEG is cut off"),
    ],
  },
  {
    name: "only a part of the last length",
    file: join(labFrame(A), ascii("000")),
    frames: [A],
    faults: [fault(2, SECOND, "3 stray bytes belong to no frame", true)],
  },
  {
    name: "a line end behind the last frame",
    file: join(labFrame(A), ascii("\n")),
    frames: [A],
    faults: [fault(2, SECOND, "1 stray byte belongs to no frame", true)],
  },
  {
    name: "a stray byte before a frame",
    file: join(labFrame(A), ascii("\n"), labFrame(B)),
    frames: [A, B],
    faults: [fault(2, SECOND, "1 stray byte belongs to no frame", true)],
  },
  {
    name: "a digit too many",
    file: join(labFrame(A), ascii("0"), labFrame(B)),
    frames: [A, B],
    faults: [fault(2, SECOND, "1 stray byte belongs to no frame", true)],
  },
  {
    name: "a damaged length of six digits",
    file: join(labFrame(A), ascii("100070"), B, labFrame(C)),
    frames: [A, B, C],
    faults: [
      fault(
        2,
        SECOND,
        "The length 100070 exceeds the 151 bytes that are left; the JPEG itself is whole",
        true,
      ),
    ],
  },
  {
    name: "rubbish behind the last frame",
    file: join(labFrame(A), new Uint8Array(40)),
    frames: [A],
    faults: [
      fault(
        2,
        SECOND,
        'The length "\\u0000\\u0000\\u0000\\u0000\\u0000" is not five digits; ' +
          "no frame in the 40 bytes from there on",
      ),
    ],
  },
  {
    name: "a frame that is no JPEG",
    file: join(labFrame(A), labFrame(PNG), labFrame(B)),
    frames: [A, B],
    faults: [fault(2, SECOND, "The 38 bytes of the frame are no JPEG")],
  },
  {
    name: "a last frame that is no JPEG",
    file: join(labFrame(A), labFrame(PNG)),
    frames: [A],
    faults: [fault(2, SECOND, "The 38 bytes of the frame are no JPEG")],
  },
  {
    name: "a frame with bytes missing",
    file: join(labFrame(A), labFrame(B).subarray(0, 40), labFrame(C)),
    frames: [A, C],
    faults: [fault(2, SECOND, "The length 70 leads to byte 140, where no frame begins")],
  },
  {
    name: "a frame overwritten, length and all",
    file: join(labFrame(A), new Uint8Array(75).fill(0xee), labFrame(C)),
    frames: [A, C],
    faults: [fault(2, SECOND, 'The length "îîîîî" is not five digits')],
  },
  {
    name: "an end of image that is missing before a damaged length",
    file: join(labFrame(A.subarray(0, -2)), ascii("xxxxx"), B, labFrame(C)),
    frames: [C],
    faults: [fault(1, 0, "The length 58 leads to byte 63, where no frame begins")],
  },
];

for (const { name, file, frames, faults } of ROWS) {
  for (const { name: how, open } of BYTE_SOURCES) {
    Deno.test(`good frames of a damaged lab file play: ${name}, bytes ${how}`, async () => {
      for (const windowBytes of WINDOWS) {
        const source = openLabFile(open(file), windowBytes === undefined ? {} : { windowBytes });
        assertEquals(await allFrames(source), frames, `windows of ${windowBytes} bytes`);
        assertEquals(source.faults, faults, `windows of ${windowBytes} bytes`);
      }
    });
  }
}

Deno.test("a file with nothing but damage is given up", async () => {
  // Each looks like a frame, states a length that leads nowhere, and is no JPEG.
  const bait = join(ascii("00013"), hex`ff d8 ff 00 00 00`);
  const file = join(...Array.from({ length: 3 * MAX_FAULTS_IN_A_ROW }, () => bait));
  const source = openLabFile(new MemoryBytes(join(file, labFile([A]))));
  assertEquals(await source.frameCount(), 0);
  assertEquals(source.faults.length, MAX_FAULTS_IN_A_ROW);
});

Deno.test("one good frame short of giving up, a file goes on", async () => {
  const bait = join(ascii("00013"), hex`ff d8 ff 00 00 00`);
  const file = join(...Array.from({ length: MAX_FAULTS_IN_A_ROW - 1 }, () => bait), labFile([A]));
  const source = openLabFile(new MemoryBytes(file));
  assertEquals(await allFrames(source), [A]);
});

Deno.test("a long file whose beginning has no frame is not searched to its end", async () => {
  let bytesRead = 0;
  const size = 2 ** 33;
  const zeros = new Uint8Array(2 ** 20);
  const source = openLabFile({
    size,
    read: (_, length) => {
      bytesRead += length;
      return zeros.subarray(0, length);
    },
    close(): void {},
  });
  assertEquals(await source.frame(0), undefined);
  assert(bytesRead < 8 * 2 ** 20, `read ${bytesRead} bytes`);
  assertEquals(source.faults.length, 1);
});
