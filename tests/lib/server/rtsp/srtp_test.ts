import { formatCompound, parseCompound } from "../../../../lib/rtcp/compound.ts";
import { parseRtpPacket, type RtpPacket } from "../../../../lib/rtp/packet.ts";
import { attribute } from "../../../../lib/sdp/attributes.ts";
import { parseSdp } from "../../../../lib/sdp/parse.ts";
import { parseCrypto } from "../../../../lib/srtp/crypto_attribute.ts";
import { DEFAULT_CRYPTO_SUITE } from "../../../../lib/srtp/crypto_suite.ts";
import {
  formatKeyMgmtHeader,
  MIKEY_PROTOCOL,
  parseKeyMgmtAttribute,
} from "../../../../lib/srtp/key_mgmt.ts";
import { MOST_SOURCES, SrtpOffer } from "../../../../lib/server/rtsp/srtp_offer.ts";
import { keyAndSalt, masterKeyFrom } from "../../../../lib/srtp/master_key.ts";
import { mikeyKeying, mikeyMessage } from "../../../../lib/srtp/mikey_keying.ts";
import { formatMikey, parseMikey } from "../../../../lib/srtp/mikey_message.ts";
import { type Keying, keyingOf } from "../../../../lib/srtp/sdes.ts";
import { SrtpReceiver } from "../../../../lib/srtp/srtp_receiver.ts";
import { SrtpSender } from "../../../../lib/srtp/srtp_sender.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "../../../support/assert.ts";
import { framesOf, numbersOf } from "../../../support/rtp_frames.ts";
import type { RtspPeer } from "../../../support/rtsp_peer.ts";
import {
  MOVIE,
  pass,
  type SetUp,
  type TestServer,
  withServer,
} from "../../../support/rtsp_server.ts";

/** DESCRIBE, and the key in it, which must be the same both ways. */
async function describe(test: TestServer, peer: RtspPeer): Promise<Keying> {
  const { status, body } = await peer.request("DESCRIBE", test.url());
  assertEquals(status, 200);
  const [media] = parseSdp(body).media;
  assertEquals([media!.protocol, media!.formats], ["RTP/SAVP", ["26"]]);
  const keying = keyingOf(parseCrypto(attribute(media!, "crypto")!));
  const { protocol, data } = parseKeyMgmtAttribute(attribute(media!, "key-mgmt")!);
  assertEquals(protocol, MIKEY_PROTOCOL);
  const { suite, master, sources } = mikeyKeying(parseMikey(data));
  assertEquals({ suite, master }, keying);
  assertEquals(sources, []);
  return keying;
}

/** SETUP with a Transport value that must be taken. */
async function setUp(
  test: TestServer,
  peer: RtspPeer,
  transport: string,
  ...headers: string[]
): Promise<SetUp> {
  const parts = { headers: [`Transport: ${transport}`, ...headers] };
  const response = await peer.request("SETUP", `${test.url()}/track1`, parts);
  assertEquals(response.status, 200);
  const id = response.headers.get("Session")!.split(";")[0]!;
  return { response, id, header: `Session: ${id}` };
}

/** Opens packets, all of which must be authentic. */
function opened(receiver: SrtpReceiver, packets: readonly Uint8Array[]): RtpPacket[] {
  return packets.map((bytes) => {
    const packet = receiver.open(bytes);
    assert(typeof packet !== "string", String(packet));
    return parseRtpPacket(packet);
  });
}

const SAVP_TCP = "RTP/SAVP/TCP;unicast;interleaved=0-1";

Deno.test("SRTP over TCP: pictures and reports open with the key described, and nothing is readable", () =>
  withServer({ srtp: true }, async (test) => {
    const peer = await test.connect();
    const keying = await describe(test, peer);
    const session = await setUp(test, peer, SAVP_TCP);
    assertMatch(
      session.response.headers.get("Transport")!,
      /^RTP\/SAVP\/TCP;unicast;interleaved=0-1;ssrc=[0-9A-F]{8};mode="PLAY"$/,
    );
    await test.play(peer, session);
    await pass(test.clock, 200);
    await peer.frames(3);
    const receiver = new SrtpReceiver(keying);
    const packets = opened(receiver, peer.payloads(0));
    assertEquals(numbersOf(framesOf(packets), MOVIE).slice(0, 3), [0, 1, 2]);
    const report = receiver.openControl(peer.payloads(1)[0]!);
    assert(typeof report !== "string");
    assertEquals(parseCompound(report).map(({ type }) => type), ["SR", "SDES"]);
    const [wire] = peer.payloads(0);
    assertEquals(wire!.length, formatLength(packets[0]!) + DEFAULT_CRYPTO_SUITE.tagLength);
    assert(!includes(wire!, packets[0]!.payload.subarray(200, 232)));
  }));

/** Whether bytes stand somewhere in others. */
function includes(bytes: Uint8Array, part: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes).includes(new TextDecoder("latin1").decode(part));
}

function formatLength({ payload }: RtpPacket): number {
  return 12 + payload.length;
}

Deno.test("SRTP over UDP: every packet opens, and the profile AVP is taken as ffmpeg asks for it", () =>
  withServer({ srtp: true }, async (test) => {
    const peer = await test.connect();
    const keying = await describe(test, peer);
    const receiver = test.receiver();
    const session = await setUp(test, peer, receiver.transport);
    assert(session.response.headers.get("Transport")!.startsWith("RTP/SAVP;unicast;client_port="));
    await test.play(peer, session);
    await pass(test.clock, 200);
    await receiver.frames(3);
    const packets = opened(new SrtpReceiver(keying), receiver.rtpDatagrams);
    assert(packets[0]!.sequence < 0x8000, "numbers begin in the lower half");
    assertEquals(numbersOf(framesOf(packets), MOVIE).slice(0, 3), [0, 1, 2]);
  }));

Deno.test("every connection has a key of its own, and sessions on it SSRCs of their own", () =>
  withServer({ srtp: true }, async (test) => {
    const [one, two] = [await test.connect(), await test.connect()];
    const keys = [await describe(test, one), await describe(test, one), await describe(test, two)]
      .map(({ master }) => keyAndSalt(master).join());
    assertEquals(keys[0], keys[1]);
    assert(keys[0] !== keys[2]);
    const ssrcs = await Promise.all([0, 1].map(async (i) => {
      const transport = `RTP/SAVP/TCP;unicast;interleaved=${2 * i}-${2 * i + 1}`;
      const { response } = await setUp(test, one, transport);
      return /ssrc=(\w+)/.exec(response.headers.get("Transport")!)![1];
    }));
    assertEquals(new Set(ssrcs).size, 2);
  }));

Deno.test("two sessions that would share SSRC and key are refused: 463", () => {
  const randomBytes = (length: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    // Numbers such as the SSRC are made of eight.
    return length === 8 ? bytes : crypto.getRandomValues(bytes);
  };
  return withServer({ srtp: true, randomBytes }, async (test) => {
    const peer = await test.connect();
    await describe(test, peer);
    await setUp(test, peer, SAVP_TCP);
    const headers = ["Transport: RTP/SAVP/TCP;unicast;interleaved=2-3"];
    assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 463);
  });
});

Deno.test("SETUP without a key that was described is refused: 463", () =>
  withServer({ srtp: true }, async (test) => {
    const peer = await test.connect();
    const headers = [`Transport: ${SAVP_TCP}`];
    const { status, reason } = await peer.request("SETUP", test.url(), { headers });
    assertEquals([status, reason], [463, "Key management failure"]);
  }));

Deno.test("a KeyMgmt header that cannot be used is refused: 463", () =>
  withServer({ srtp: true }, async (test) => {
    const peer = await test.connect();
    await describe(test, peer);
    for (const keyMgmt of ["nonsense", 'prot=mikey; data="AAAA"']) {
      const headers = [`Transport: ${SAVP_TCP}`, `KeyMgmt: ${keyMgmt}`];
      assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 463, keyMgmt);
    }
  }));

Deno.test("multicast is refused, and so is SRTP where it was not asked for", async () => {
  await withServer({ srtp: true, transport: "multicast" }, async (test) => {
    const peer = await test.connect();
    await describe(test, peer);
    const headers = ["Transport: RTP/SAVP;multicast"];
    assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 461);
  });
  await withServer({}, async (test) => {
    const peer = await test.connect();
    const headers = [`Transport: ${SAVP_TCP}`];
    assertEquals((await peer.request("SETUP", test.url(), { headers })).status, 461);
    const { body } = await peer.request("DESCRIBE", test.url());
    assertMatch(
      new TextDecoder().decode(body),
      /m=video 0 RTP\/AVP 26\r\n(?!.*(crypto|key-mgmt))/s,
    );
  });
});

/** A receiver report about a stream, as the viewer says it. */
function report(ssrc: number): Uint8Array {
  return formatCompound([{
    type: "RR",
    ssrc: 5,
    reports: [{
      ssrc,
      fractionLost: 0,
      cumulativeLost: 3,
      extendedHighestSequence: 1,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    }],
  }]);
}

for (const how of ["with the key described", "with a key of its own, by MIKEY"]) {
  Deno.test(`reports count when they are protected ${how}, and not when they are not`, () =>
    withServer({ srtp: true }, async (test) => {
      const peer = await test.connect();
      const theirs = await describe(test, peer);
      const isOwn = how.includes("own");
      const own = isOwn ? { ...theirs, master: masterKeyFrom(new Uint8Array(30)) } : theirs;
      const data = formatMikey(mikeyMessage({
        ...own,
        sources: [{ ssrc: 5, rollovers: 0 }],
        bundle: 1,
        random: new Uint8Array(16),
        timestamp: new Uint8Array(8),
      }));
      const header = formatKeyMgmtHeader({ protocol: MIKEY_PROTOCOL, uri: test.url(), data });
      const { response } = await setUp(
        ...[test, peer, SAVP_TCP] as const,
        ...isOwn ? [`KeyMgmt: ${header}`] : [],
      );
      const ssrc = parseInt(/ssrc=(\w+)/.exec(response.headers.get("Transport")!)![1]!, 16);
      const wrong = new SrtpSender({ ...own, master: masterKeyFrom(new Uint8Array(30).fill(1)) });
      await peer.sendBlock(1, report(ssrc));
      await peer.sendBlock(1, wrong.protectControl(report(ssrc))!);
      await peer.request("OPTIONS", "*");
      assertEquals(test.told("session-report").length, 0);
      await peer.sendBlock(1, new SrtpSender(own).protectControl(report(ssrc))!);
      await test.until("session-report");
      assertEquals(test.told("session-report")[0]!.packetsLost, 3);
    }));
}

Deno.test("a lab client is turned away, and the log says why", () =>
  withServer({ srtp: true }, async (test) => {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port: test.port });
    const request =
      "SETUP movie.Mjpeg RTSP/1.0\nCSeq: 7\nTransport: RTP/UDP; client_port= 25000\n\n";
    await socket.write(new TextEncoder().encode(request));
    const reply = await new Response(socket.readable).text();
    assertEquals(reply, "RTSP/1.0 461 Unsupported transport\nCSeq: 7\nSession: 0\n");
    assertStringIncludes(test.told("error")[0]!.message, "course-lab dialect has no SRTP");
  }));

Deno.test("a key protects so many sessions of one connection and not one more", () => {
  const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(3);
  const clock = { wallTime: () => Date.UTC(2026, 0) };
  const offer = new SrtpOffer({ options: { clock, randomBytes }, randomBits: () => 1 });
  const protect = (ssrc: number): unknown => {
    return offer.protectionFor({ id: String(ssrc), stream: { ssrc } }, undefined);
  };
  assertEquals([offer.made, protect(0)], [false, undefined]);
  offer.attributes();
  assert(offer.made);
  for (let ssrc = 0; ssrc < MOST_SOURCES; ssrc++) assert(protect(ssrc) !== undefined);
  assertEquals(protect(MOST_SOURCES), undefined);
  assert(protect(0) !== undefined, "one that has it may be set up again");
});
