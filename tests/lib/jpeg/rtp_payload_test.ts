import fc from "fast-check";
import { MalformedError } from "../../../lib/bytes/malformed.ts";
import {
  formatJpegPayload,
  type JpegPayload,
  parseJpegPayload,
} from "../../../lib/jpeg/rtp_payload.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";
import { type Golden, hex } from "../../support/golden.ts";
import { everyPrefix } from "../../support/split.ts";

const MAIN: JpegPayload = {
  typeSpecific: 0,
  fragmentOffset: 0,
  type: 1,
  q: 50,
  width: 320,
  height: 240,
  restart: undefined,
  quantization: undefined,
  data: hex`ab cd`,
};

const GOLDEN: Golden<JpegPayload>[] = [
  {
    name: "computed tables, first packet",
    bytes: hex`
      00        # type-specific
      00 00 00  # fragment offset
      01        # type: 4:2:0
      32        # Q 50
      28        # 320 pixels across
      1e        # 240 down
      ab cd     # scan`,
    value: MAIN,
  },
  {
    name: "a later packet of Q 255 has no tables",
    bytes: hex`00 01 0f 2c 00 ff ff ff 11`,
    value: {
      ...MAIN,
      fragmentOffset: 69_420,
      type: 0,
      q: 255,
      width: 2040,
      height: 2040,
      data: hex`11`,
    },
  },
  {
    name: "restart header, not aligned",
    bytes: hex`
      00 00 05 78 41 4b 28 1e
      00 14   # interval: 20 MCUs
      ff ff   # F, L, count 3FFF
      ab cd`,
    value: {
      ...MAIN,
      fragmentOffset: 1400,
      type: 65,
      q: 75,
      restart: { interval: 20, first: true, last: true, count: 0x3fff },
    },
  },
  {
    name: "restart header, aligned: F set, L clear, count 5",
    bytes: hex`00 00 05 78 40 4b 28 1e ff ff 80 05 ab cd`,
    value: {
      ...MAIN,
      fragmentOffset: 1400,
      type: 64,
      q: 75,
      restart: { interval: 65_535, first: true, last: false, count: 5 },
    },
  },
  {
    name: "tables of 16 and 8 bits behind a restart header, MBZ not 0",
    bytes: hex`
      02 00 00 00 41 80 00 00
      00 01 40 00     # interval 1, L set, count 0
      07              # MBZ
      01              # precision: table 0 has 16 bits
      00 03 01 02 03  # length and tables
      ab cd`,
    value: {
      ...MAIN,
      typeSpecific: 2,
      type: 65,
      q: 128,
      width: 0,
      height: 0,
      restart: { interval: 1, first: false, last: true, count: 0 },
      quantization: { mbz: 7, precision: 1, tables: hex`01 02 03` },
    },
  },
  {
    name: "tables sent before: Length 0",
    bytes: hex`00 00 00 00 01 fe 28 1e 00 00 00 00 ab cd`,
    value: { ...MAIN, q: 254, quantization: { mbz: 0, precision: 0, tables: hex`` } },
  },
  {
    name: "a dynamic type has no restart header that we know of; no data",
    bytes: hex`00 00 00 00 80 00 28 1e`,
    value: { ...MAIN, type: 128, q: 0, data: hex`` },
  },
];

/** Views copied, so that they compare with bytes of their own. */
function settled(payload: JpegPayload): JpegPayload {
  const { quantization } = payload;
  return {
    ...payload,
    data: payload.data.slice(),
    quantization: quantization && { ...quantization, tables: quantization.tables.slice() },
  };
}

Deno.test("payload headers are read and written byte for byte", async (t) => {
  for (const { name, bytes, value } of GOLDEN) {
    await t.step(name, () => {
      assertEquals(settled(parseJpegPayload(bytes)), value);
      assertEquals(formatJpegPayload(value), bytes);
    });
  }
});

Deno.test("a payload cut within its headers is refused, later it only has less data", () => {
  for (const { name, bytes, value } of GOLDEN) {
    const headers = bytes.length - value.data.length;
    everyPrefix(bytes, (prefix, length) => {
      if (length < headers) {
        const error = assertThrows(() => parseJpegPayload(prefix), MalformedError);
        assert(error.position <= length, name);
        assertEquals(error.element, "JPEG payload");
      } else {
        assertEquals(parseJpegPayload(prefix).data.length, length - headers, name);
      }
    });
  }
});

Deno.test("a restart interval of 0 is refused", () => {
  const error = assertThrows(
    () => parseJpegPayload(hex`00 00 00 00 40 32 28 1e 00 00 ff ff 11`),
    MalformedError,
    "The restart interval is 0",
  );
  assertEquals(error.position, 8);
});

Deno.test("the data is a view of the payload", () => {
  const { bytes } = GOLDEN[0]!;
  assertEquals(parseJpegPayload(bytes).data.buffer, bytes.buffer);
});

Deno.test("values that do not fit their fields are not written", () => {
  const refused = (change: Partial<JpegPayload>, says: string): void => {
    assertThrows(() => formatJpegPayload({ ...MAIN, ...change }), RangeError, says);
  };
  const restart = { interval: 1, first: true, last: true, count: 0x4000 };
  refused({ fragmentOffset: 0x100_0000 }, "16777216");
  refused({ width: 2048 }, "256");
  refused({ height: 12 }, "1.5");
  refused({ type: 64 }, "restart header: 64");
  refused({ restart }, "restart header: 1");
  refused({ type: 64, restart }, "16384 does not fit 14 bits");
  refused({ q: 128 }, "quantization header");
  refused({ quantization: { mbz: 0, precision: 0, tables: hex`` } }, "quantization header");
});

Deno.test("every payload that can be written is read back", () => {
  const bytes = fc.uint8Array({ maxLength: 40 });
  const payload = fc.record({
    typeSpecific: fc.nat(255),
    fragmentOffset: fc.oneof(fc.constant(0), fc.nat(0xff_ffff)),
    type: fc.nat(255),
    q: fc.nat(255),
    width: fc.nat(255).map((n) => 8 * n),
    height: fc.nat(255).map((n) => 8 * n),
    restart: fc.record({
      interval: fc.integer({ min: 1, max: 65_535 }),
      first: fc.boolean(),
      last: fc.boolean(),
      count: fc.nat(0x3fff),
    }),
    quantization: fc.record({ mbz: fc.nat(255), precision: fc.nat(255), tables: bytes }),
    data: bytes,
  }).map((all): JpegPayload => ({
    ...all,
    restart: all.type >= 64 && all.type < 128 ? all.restart : undefined,
    quantization: all.q >= 128 && all.fragmentOffset === 0 ? all.quantization : undefined,
  }));
  fc.assert(fc.property(payload, (value) => {
    assertEquals(settled(parseJpegPayload(formatJpegPayload(value))), {
      ...value,
      data: value.data.slice(),
    });
  }));
});

Deno.test("random bytes give a payload that is written back the same, or a MalformedError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const before = bytes.slice();
      let value: JpegPayload;
      try {
        value = parseJpegPayload(bytes);
      } catch (error) {
        assert(error instanceof MalformedError);
        return;
      }
      assertEquals(formatJpegPayload(value), before);
      assertEquals(bytes, before);
    }),
    { numRuns: 1000 },
  );
});
