import fc from "fast-check";
import {
  delayFromMilliseconds,
  delayToMilliseconds,
  hasNtpTime,
  NO_NTP_TIMESTAMP,
  ntpFromUnixMilliseconds,
  ntpMiddle,
  type NtpTimestamp,
  ntpToUnixMilliseconds,
  roundTripMilliseconds,
} from "../../../lib/rtcp/ntp.ts";
import { assert, assertEquals, assertThrows } from "../../support/assert.ts";

const EARLIEST = Date.UTC(1968, 0, 20, 3, 14, 8);
const ERA_WRAP = Date.UTC(2036, 1, 7, 6, 28, 16);
const PAST_LATEST = Date.UTC(2104, 1, 26, 9, 42, 24);

const ROWS: [name: string, milliseconds: number, ntp: NtpTimestamp][] = [
  ["the Unix epoch", 0, { seconds: 2_208_988_800, fraction: 0 }],
  ["half a second before it", -500, { seconds: 2_208_988_799, fraction: 0x80000000 }],
  ["a quarter past a second", 1250, { seconds: 2_208_988_801, fraction: 0x40000000 }],
  ["the earliest time", EARLIEST, { seconds: 0x80000000, fraction: 0 }],
  ["the second before the wrap of 2036", ERA_WRAP - 1000, { seconds: 0xffffffff, fraction: 0 }],
  ["the wrap of 2036", ERA_WRAP, { seconds: 0, fraction: 0 }],
  ["half a second after the wrap", ERA_WRAP + 500, { seconds: 0, fraction: 0x80000000 }],
  ["the latest second", PAST_LATEST - 1000, { seconds: 0x7fffffff, fraction: 0 }],
];

for (const [name, milliseconds, ntp] of ROWS) {
  Deno.test(`NTP time converts both ways: ${name}`, () => {
    assertEquals(ntpFromUnixMilliseconds(milliseconds), ntp);
    assertEquals(ntpToUnixMilliseconds(ntp), milliseconds);
  });
}

Deno.test("times outside 1968 to 2104 are refused", () => {
  for (const milliseconds of [EARLIEST - 1, PAST_LATEST, NaN, Infinity]) {
    assertThrows(() => ntpFromUnixMilliseconds(milliseconds), RangeError, "1968");
  }
});

Deno.test("a fraction that rounds up to a second carries", () => {
  const carried = ntpFromUnixMilliseconds(999.999_999_99);
  assertEquals(carried, { seconds: 2_208_988_801, fraction: 0 });
});

Deno.test("any millisecond of NTP's range comes back", () => {
  const times = fc.integer({ min: EARLIEST, max: PAST_LATEST - 1 });
  fc.assert(fc.property(times, (milliseconds) => {
    const ntp = ntpFromUnixMilliseconds(milliseconds);
    assert(ntp.seconds < 2 ** 32 && ntp.fraction < 2 ** 32);
    assert(Math.abs(ntpToUnixMilliseconds(ntp) - milliseconds) < 1e-3);
  }));
});

Deno.test("only a timestamp of 0 says no time", () => {
  assertEquals(hasNtpTime(NO_NTP_TIMESTAMP), false);
  assertEquals(hasNtpTime({ seconds: 1, fraction: 0 }), true);
  assertEquals(hasNtpTime({ seconds: 0, fraction: 1 }), true);
});

Deno.test("LSR is the middle 32 bits", () => {
  assertEquals(ntpMiddle({ seconds: 0xb44db705, fraction: 0x20000000 }), 0xb7052000);
  assertEquals(ntpMiddle({ seconds: 0x1234ffff, fraction: 0xabcdefff }), 0xffffabcd);
});

Deno.test("DLSR counts 1/65,536 s and is clamped to its field", () => {
  const rows: [milliseconds: number, units: number][] = [
    [0, 0],
    [1000, 0x10000],
    [5250, 0x54000],
    [-1, 0],
    [1e9, 0xffffffff],
  ];
  for (const [milliseconds, units] of rows) {
    assertEquals(delayFromMilliseconds(milliseconds), units);
  }
  assertEquals(delayToMilliseconds(0x54000), 5250);
});

Deno.test("the round trip is that of RFC 3550 figure 2", () => {
  // A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 5.25 s: the figure works out 6.125 s.
  const arrival = { seconds: 0xb44db710, fraction: 0x80000000 };
  const report = { lastSenderReport: 0xb7052000, delaySinceLastSenderReport: 0x00054000 };
  assertEquals(roundTripMilliseconds(arrival, report), 6125);
});

Deno.test("the round trip crosses the wrap of the middle bits", () => {
  const arrival = { seconds: 0x00010000, fraction: 0x80000000 };
  const report = { lastSenderReport: 0xffff8000, delaySinceLastSenderReport: 0x4000 };
  assertEquals(roundTripMilliseconds(arrival, report), 750);
});

Deno.test("there is no round trip before the first sender report, and a set clock shows", () => {
  const arrival = { seconds: 10, fraction: 0 };
  const none = { lastSenderReport: 0, delaySinceLastSenderReport: 0 };
  assertEquals(roundTripMilliseconds(arrival, none), undefined);
  const later = { lastSenderReport: 0x000b0000, delaySinceLastSenderReport: 0 };
  assertEquals(roundTripMilliseconds(arrival, later), -1000);
});
