import { formatCompound, parseCompound } from "../../../../lib/rtcp/compound.ts";
import type { RtspRequest } from "../../../../lib/rtsp/message.ts";
import { formatCrypto } from "../../../../lib/srtp/crypto_attribute.ts";
import { DEFAULT_CRYPTO_SUITE } from "../../../../lib/srtp/crypto_suite.ts";
import {
  formatKeyMgmtAttribute,
  MIKEY_PROTOCOL,
  parseKeyMgmtHeader,
} from "../../../../lib/srtp/key_mgmt.ts";
import { keyAndSalt, masterKeyFrom } from "../../../../lib/srtp/master_key.ts";
import { mikeyKeying, mikeyMessage } from "../../../../lib/srtp/mikey_keying.ts";
import { formatMikey, parseMikey } from "../../../../lib/srtp/mikey_message.ts";
import { cryptoOffer } from "../../../../lib/srtp/sdes.ts";
import { SrtpReceiver } from "../../../../lib/srtp/srtp_receiver.ts";
import { SrtpSender } from "../../../../lib/srtp/srtp_sender.ts";
import { NoMediaError } from "../../../../lib/client/errors.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "../../../support/assert.ts";
import { packetsOf, PICTURES, senderReport, SSRC } from "../../../support/scripted_media.ts";
import { sdp } from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";

/** Our own source, from the random bytes of these tests. */
const OWN = 0x5a5a5a5a;
const KEYING = {
  suite: DEFAULT_CRYPTO_SUITE,
  master: masterKeyFrom(Uint8Array.from({ length: 30 }, (_, i) => i)),
};
const CRYPTO = `a=crypto:${formatCrypto(cryptoOffer(KEYING))}`;

/** The line that carries the key by MIKEY. */
function mikeyLine(rollovers = 0): string {
  const data = formatMikey(mikeyMessage({
    ...KEYING,
    sources: [{ ssrc: SSRC, rollovers }],
    bundle: 1,
    random: new Uint8Array(16),
    timestamp: new Uint8Array(8),
  }));
  return `a=key-mgmt:${formatKeyMgmtAttribute({ protocol: MIKEY_PROTOCOL, data })}`;
}

function described(...lines: string[]): string {
  return sdp("m=video 0 RTP/SAVP 26", "a=control:track1", ...lines);
}

const PACKETS = packetsOf(PICTURES).flat();

/** Sends all pictures protected, and waits until they are there. */
async function bring(stage: Stage, sender: SrtpSender): Promise<void> {
  const connection = stage.server.connections.at(-1)!;
  await connection.rtp(...PACKETS.map((packet) => sender.protect(packet)!));
  await stage.viewer.until("the pictures", ({ frames }) => frames.length === PICTURES.length);
  assertEquals(stage.viewer.pictures.map((jpeg) => jpeg.length > 0), PICTURES.map(() => true));
  assertEquals(stage.viewer.strays, []);
}

function transportOf(request: RtspRequest): string {
  return request.headers.get("Transport")!;
}

for (const transport of ["udp", "tcp"] as const) {
  Deno.test(`SRTP over ${transport} with a key by SDES is opened, and our reports are protected`, () =>
    onStage({ sdp: described(CRYPTO) }, async (stage) => {
      await stage.play({ transport });
      const offer = transport === "udp" ? "RTP/SAVP;unicast;" : "RTP/SAVP/TCP;unicast;";
      assert(transportOf(stage.server.asked("SETUP")[0]!).startsWith(offer));
      const sender = new SrtpSender(KEYING);
      await bring(stage, sender);
      const report = sender.protectControl(senderReport({ seconds: 1, fraction: 2 }))!;
      await stage.server.connections[0]!.rtcp(report);
      await stage.viewer.until("the report", ({ reports }) => reports.length === 1);
      await stage.clock.advance(6000);
      const receiver = new SrtpReceiver(KEYING);
      const came = (): Uint8Array[] => [
        ...stage.server.blocks.map(({ payload }) => payload),
        ...stage.server.datagrams.filter(({ kind }) => kind === "rtcp").map(({ bytes }) => bytes),
      ];
      // Over UDP the first opens the way for media, and is about nothing.
      const expected = transport === "udp" ? [0, 1] : [1];
      await stage.server.until("our reports", () => came().length >= expected.length);
      const counts = came().map((bytes) => {
        const opened = receiver.openControl(bytes);
        assert(typeof opened !== "string", String(opened));
        const [first] = parseCompound(opened);
        assert(first?.type === "RR" && first.ssrc === OWN);
        return first.reports.length;
      });
      assertEquals(counts, expected);
      assertEquals(stage.viewer.codes, ["srtp", "srtp-key-in-clear"]);
    }));
}

Deno.test("with MIKEY, SETUP brings a key of ours, and rollovers count", () =>
  onStage({ sdp: described(mikeyLine(2), CRYPTO) }, async (stage) => {
    await stage.play();
    const header = parseKeyMgmtHeader(stage.server.asked("SETUP")[0]!.headers.get("KeyMgmt")!);
    assertEquals([header.protocol, header.uri], ["mikey", stage.server.url("movie/track1")]);
    const { sources, ...own } = mikeyKeying(parseMikey(header.data));
    assertEquals(sources, [{ policy: 0, ssrc: OWN, rollovers: 0 }]);
    assert(keyAndSalt(own.master).join() !== keyAndSalt(KEYING.master).join());
    await bring(stage, new SrtpSender({ ...KEYING, rollovers: 2 }));
    await stage.clock.advance(6000);
    await stage.server.until("our report", () => stage.server.blocks.length > 0);
    const report = new SrtpReceiver(own).openControl(stage.server.blocks[0]!.payload);
    assert(typeof report !== "string", String(report));
    assertStringIncludes(
      stage.viewer.notes[0]!.message,
      "AES_CM_128_HMAC_SHA1_80, its key by MIKEY",
    );
  }));

Deno.test("a key for the whole session counts for its streams", () => {
  const first = mikeyLine();
  const text = sdp(first, "m=video 0 RTP/SAVP 26", "a=control:track1");
  return onStage({ sdp: text }, async (stage) => {
    await stage.play();
    await bring(stage, new SrtpSender(KEYING));
  });
});

Deno.test("of several keys the first that is known is used", () => {
  const other = "a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:AAAA";
  return onStage({ sdp: described("a=key-mgmt:mikey AAAA", other, CRYPTO) }, async (stage) => {
    await stage.play();
    await bring(stage, new SrtpSender(KEYING));
  });
});

Deno.test("nobody who watches sees a key", () => {
  const text = described(mikeyLine(), CRYPTO);
  return onStage({ sdp: text }, async (stage) => {
    const chunks: string[] = [];
    const observer = {
      ...stage.viewer,
      chunk: ({ bytes }: { bytes: Uint8Array }): void => {
        chunks.push(new TextDecoder("latin1").decode(bytes));
      },
    };
    await stage.play({ observer });
    const secret = btoa(String.fromCharCode(...keyAndSalt(KEYING.master)));
    const own = stage.server.asked("SETUP")[0]!.headers.get("KeyMgmt")!.match(/data="(.+)"/)![1]!;
    const theirs = mikeyLine().replace("a=key-mgmt:mikey ", "");
    const seen = [JSON.stringify(stage.viewer.messages), chunks.join("")];
    for (const story of seen) {
      assertStringIncludes(story, "inline:****");
      assertEquals([secret, own, theirs].filter((key) => story.includes(key)), []);
    }
  });
});

Deno.test("what is not authentic is told and goes no further", () =>
  onStage({ sdp: described(CRYPTO) }, async (stage) => {
    await stage.play();
    const sender = new SrtpSender(KEYING);
    const [first, second] = PACKETS.map((packet) => sender.protect(packet)!);
    first![20]! ^= 1;
    const [connection] = stage.server.connections;
    await connection!.rtp(first!, PACKETS[0]!, second!, second!);
    await connection!.rtcp(formatCompound([{ type: "BYE", sources: [SSRC] }]));
    await stage.viewer.until(
      "the packets",
      ({ notes, strays }) => notes.length + strays.length >= 6,
    );
    assertEquals(stage.viewer.packets.length, 1);
    assertEquals(stage.viewer.reports, []);
    const refused = stage.viewer.notes.filter(({ code }) => code === "srtp-refused");
    assertEquals(refused.length, 3, JSON.stringify(refused));
    assertStringIncludes(refused[0]!.message, "authentication tag is wrong");
    assertStringIncludes(stage.viewer.strays[0]!.problem, "replay");
  }));

Deno.test("where nothing can be opened the error says so, and no other transport is tried", () =>
  onStage({ sdp: described(CRYPTO) }, async (stage) => {
    const session = await stage.play({ transport: "auto" });
    const wrong = new SrtpSender({ ...KEYING, master: masterKeyFrom(new Uint8Array(30)) });
    await stage.server.connections[0]!.rtp(...PACKETS.map((packet) => wrong.protect(packet)!));
    await stage.viewer.until("refusals", ({ codes }) => codes.includes("srtp-refused"));
    const error = await assertRejects(() => stage.pass(session.ended), NoMediaError);
    assertStringIncludes(error.message, "SRTP packets came and all were refused");
    assertEquals(stage.server.connections.length, 1);
  }));

const UNUSABLE: readonly [name: string, lines: string[], problem: string][] = [
  ["no key", [], "neither a=crypto nor a=key-mgmt"],
  ["keys by DTLS", ["a=fingerprint:sha-256 00:11"], "keys by DTLS are not known here"],
  [
    "another suite",
    ["a=crypto:1 AEAD_AES_128_GCM inline:AAAA"],
    "the suite AEAD_AES_128_GCM is not known here",
  ],
  ["a broken line", ["a=crypto:hello"], "Not a tag, a suite and keys"],
  ["another protocol", ["a=key-mgmt:kerberos AAAA"], "keys by kerberos are not known here"],
];

for (const [name, lines, problem] of UNUSABLE) {
  Deno.test(`an SRTP stream that cannot be opened is said to be: ${name}`, () =>
    onStage({ sdp: described(...lines) }, async (stage) => {
      const error = await assertRejects(() => stage.open(), NoMediaError);
      assertStringIncludes(error.message, problem);
      assertEquals(stage.viewer.codes.at(-1), "srtp-key");
      assertEquals(stage.server.asked("SETUP"), []);
    }));
}
