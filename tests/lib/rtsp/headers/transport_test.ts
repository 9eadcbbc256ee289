import fc from "fast-check";
import {
  formatTransport,
  parseTransport,
  type Transport,
} from "../../../../lib/rtsp/headers/transport.ts";
import { assertEquals } from "../../../support/assert.ts";
import { testField } from "./field_suite.ts";

const AVP = { protocol: "RTP", profile: "AVP" };
const UNICAST = { ...AVP, delivery: "unicast" } as const;
const PORTS = { clientPort: { first: 5000, last: 5001 } };

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
const address = fc.oneof(fc.ipV4(), fc.domain(), fc.constant(""));
const range = (most: number): fc.Arbitrary<{ first: number; last?: number }> => {
  return fc.tuple(fc.nat(most), fc.option(fc.nat(most), { nil: undefined })).map(([a, b]) => {
    return b === undefined ? { first: a } : { first: Math.min(a, b), last: Math.max(a, b) };
  });
};
const known = fc.record({
  lowerTransport: fc.constantFrom("UDP", "TCP"),
  delivery: fc.constantFrom("unicast" as const, "multicast" as const),
  destination: address,
  source: address,
  interleaved: range(255),
  append: fc.constant(true as const),
  port: range(65_535),
  ttl: fc.nat(255),
  layers: fc.nat(255),
  clientPort: range(65_535),
  serverPort: range(65_535),
  ssrc: fc.nat(0xffffffff),
  mode: fc.uniqueArray(token, { minLength: 1, maxLength: 3 }),
  other: fc.uniqueArray(
    fc.record({ name: token.map((name) => `x-${name}`), value: token }, { requiredKeys: ["name"] }),
    { minLength: 1, maxLength: 4, selector: (parameter) => parameter.name.toLowerCase() },
  ),
}, { requiredKeys: [] });
const transport: fc.Arbitrary<Transport> = fc.tuple(token, token, known)
  .map(([protocol, profile, rest]) => ({ protocol, profile, ...rest }));

testField<Transport[]>({
  name: "Transport",
  parse: parseTransport,
  format: formatTransport,
  golden: [
    {
      name: "the UDP request of GStreamer, live555 and VLC",
      text: "RTP/AVP;unicast;client_port=5000-5001",
      value: [{ ...UNICAST, ...PORTS }],
    },
    {
      name: "the UDP request of ffmpeg",
      text: "RTP/AVP/UDP;unicast;client_port=5000-5001",
      value: [{ ...UNICAST, lowerTransport: "UDP", ...PORTS }],
    },
    {
      name: "the TCP request of all clients",
      text: "RTP/AVP/TCP;unicast;interleaved=0-1",
      value: [{ ...UNICAST, lowerTransport: "TCP", interleaved: { first: 0, last: 1 } }],
    },
    {
      name: "the reply of gst-rtsp-server",
      text: "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001;" +
        'ssrc=0A1B2C3D;mode="PLAY"',
      value: [{
        ...UNICAST,
        ...PORTS,
        serverPort: { first: 6000, last: 6001 },
        ssrc: 0x0a1b2c3d,
        mode: ["PLAY"],
      }],
    },
    {
      name: "the reply of live555MediaServer",
      text: "RTP/AVP;unicast;destination=127.0.0.1;source=127.0.0.1;" +
        "client_port=5000-5001;server_port=6970-6971",
      value: [{
        ...UNICAST,
        destination: "127.0.0.1",
        source: "127.0.0.1",
        ...PORTS,
        serverPort: { first: 6970, last: 6971 },
      }],
    },
    {
      name: "a multicast reply",
      text: "RTP/AVP;multicast;destination=232.1.2.3;source=10.0.0.1;port=15002-15003;ttl=255",
      value: [{
        ...AVP,
        delivery: "multicast",
        destination: "232.1.2.3",
        source: "10.0.0.1",
        port: { first: 15_002, last: 15_003 },
        ttl: 255,
      }],
    },
    {
      name: "the example of RFC 2326 section 12.39",
      text: 'RTP/AVP;multicast;ttl=127;mode="PLAY",\r\n'.replace("\r\n", " ") +
        'RTP/AVP;unicast;client_port=3456-3457;mode="PLAY"',
      value: [
        { ...AVP, delivery: "multicast", ttl: 127, mode: ["PLAY"] },
        { ...UNICAST, clientPort: { first: 3456, last: 3457 }, mode: ["PLAY"] },
      ],
      written: 'RTP/AVP;multicast;ttl=127;mode="PLAY",' +
        'RTP/AVP;unicast;client_port=3456-3457;mode="PLAY"',
    },
    {
      name: "recording, with a mode that is not quoted",
      text: "RTP/AVP/TCP;unicast;interleaved=0-1;append;mode=record",
      value: [{
        ...UNICAST,
        lowerTransport: "TCP",
        interleaved: { first: 0, last: 1 },
        append: true,
        mode: ["record"],
      }],
      written: 'RTP/AVP/TCP;unicast;interleaved=0-1;append;mode="record"',
    },
    {
      name: "several modes in one quotation, a comma inside",
      text: 'RTP/AVP;unicast;mode="PLAY, RECORD"',
      value: [{ ...UNICAST, mode: ["PLAY", "RECORD"] }],
      written: 'RTP/AVP;unicast;mode="PLAY,RECORD"',
    },
    {
      name: "single ports and channels",
      text: "RTP/AVP;unicast;interleaved=0;port=1;client_port=25000;server_port=65535",
      value: [{
        ...UNICAST,
        interleaved: { first: 0 },
        port: { first: 1 },
        clientPort: { first: 25_000 },
        serverPort: { first: 65_535 },
      }],
    },
    {
      name: "unknown parameters, kept as they stand",
      text: 'RTP/SAVPF;layers=2;x-flag;X-Quoted="a;b,c";dest_addr=":5000"',
      value: [{
        protocol: "RTP",
        profile: "SAVPF",
        layers: 2,
        other: [
          { name: "x-flag" },
          { name: "X-Quoted", value: '"a;b,c"' },
          { name: "dest_addr", value: '":5000"' },
        ],
      }],
    },
    {
      name: "an unknown transport before a known one",
      text: "x-real-rdt/mcast;client_port=6970,RAW/RAW/UDP;unicast",
      value: [
        { protocol: "x-real-rdt", profile: "mcast", clientPort: { first: 6970 } },
        { protocol: "RAW", profile: "RAW", lowerTransport: "UDP", delivery: "unicast" },
      ],
    },
    {
      name: "the course lab's spaces",
      text: "RTP/UDP; client_port= 25000",
      value: [{ protocol: "RTP", profile: "UDP", clientPort: { first: 25_000 } }],
      written: "RTP/UDP;client_port=25000",
      tolerances: ["space-in-transport"],
    },
    {
      name: "any case of parameter names",
      text: "RTP/AVP;UNICAST;Client_Port=1-2",
      value: [{ ...UNICAST, clientPort: { first: 1, last: 2 } }],
      written: "RTP/AVP;unicast;client_port=1-2",
    },
    {
      name: "the SSRC of Hikvision: a space and seven digits",
      text: "RTP/AVP;unicast;ssrc= d6d6627",
      value: [{ ...UNICAST, ssrc: 0x0d6d6627 }],
      written: "RTP/AVP;unicast;ssrc=0D6D6627",
      tolerances: ["short-ssrc", "space-in-transport"],
    },
    {
      name: "a decimal SSRC too long to be hexadecimal",
      text: "RTP/AVP;unicast;ssrc=3735928559",
      value: [UNICAST],
      written: "RTP/AVP;unicast",
      tolerances: ["ssrc-ignored"],
    },
    {
      name: "a junk SSRC",
      text: "RTP/AVP;unicast;ssrc=junk",
      value: [UNICAST],
      written: "RTP/AVP;unicast",
      tolerances: ["ssrc-ignored"],
    },
    {
      name: "empty parameters",
      text: "RTP/AVP;;unicast;",
      value: [UNICAST],
      written: "RTP/AVP;unicast",
      tolerances: ["empty-parameter"],
    },
    {
      name: "addresses without a value",
      text: "RTP/AVP;destination;source",
      value: [{ ...AVP, destination: "", source: "" }],
    },
    {
      name: "the outermost numbers",
      text: "RTP/AVP;interleaved=0-255;port=0-65535;ttl=0;ssrc=FFFFFFFF",
      value: [{
        ...AVP,
        interleaved: { first: 0, last: 255 },
        port: { first: 0, last: 65_535 },
        ttl: 0,
        ssrc: 0xffffffff,
      }],
    },
  ],
  malformed: [
    ["", '"" is not protocol/profile', 0],
    ["RTP", '"RTP" is not protocol/profile', 0],
    ["RTP/AVP/UDP/X", "is not protocol/profile", 0],
    ["RTP//UDP", "is not protocol/profile", 0],
    ["RTP/AVP,", '"" is not protocol/profile', 8],
    ["RTP/AVP;client_port=a", 'client_port "a" is not a number of 0 to 65535', 20],
    ["RTP/AVP;client_port=", 'client_port "" is not a number', 20],
    ["RTP/AVP;client_port", 'client_port "" is not a number', 8],
    ["RTP/AVP;client_port=65536", "is not a number of 0 to 65535", 20],
    ["RTP/AVP;client_port=-1", "is not a number", 20],
    ["RTP/AVP;client_port=5-", "is not a number", 20],
    ["RTP/AVP;client_port=5-4", '"5-4" is not an ascending range', 20],
    ["RTP/AVP;client_port=5-6-7", '"5-6-7" is not an ascending range', 20],
    ["RTP/AVP;interleaved=0-256", "is not a number of 0 to 255", 20],
    ["RTP/AVP;ttl=256", "is not a number of 0 to 255", 12],
    ["RTP/AVP;unicast;multicast", "multicast contradicts an earlier one", 16],
    ["RTP/AVP;ttl=1;TTL=2", "TTL contradicts an earlier one", 18],
    ["RTP/AVP;a b=1", 'Name "a b" is not a token', 8],
    ["RTP/AVP;=1", 'Name "" is not a token', 8],
    ['RTP/AVP;mode="PLAY', "quotation mark is not closed", 0],
    [Array(17).fill("RTP/AVP").join(","), "More than 16 parts", 128],
    [`RTP/AVP${";x".repeat(33)}`, "More than 32 parameters", 72],
  ],
  arbitrary: fc.array(transport, { minLength: 1, maxLength: 4 }),
});

Deno.test("Transport takes as many specifications and parameters as its limits", () => {
  const parameters = Array.from({ length: 32 }, (_, i) => `;x${i}`).join("");
  assertEquals(parseTransport(`RTP/AVP${parameters}`)[0]?.other?.length, 32);
  assertEquals(parseTransport(Array(16).fill("RTP/AVP").join(",")).length, 16);
});

Deno.test("Transport writes a single specification without a list around it", () => {
  assertEquals(formatTransport({ ...UNICAST, ...PORTS }), "RTP/AVP;unicast;client_port=5000-5001");
});
