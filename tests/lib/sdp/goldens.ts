import { ascii } from "../../support/split.ts";
import type { Golden } from "../../support/golden.ts";
import type { MediaDescription, SessionDescription } from "../../../lib/sdp/session_description.ts";
import type { SdpTolerance } from "../../../lib/sdp/tolerances.ts";

/** Lines joined by CRLF, the last one ended too. */
export function sdp(...lines: string[]): Uint8Array<ArrayBuffer> {
  return ascii(lines.map((line) => `${line}\r\n`).join(""));
}

/** A session with nothing in it but `parts`. */
export function session(parts: Partial<SessionDescription> = {}): SessionDescription {
  return {
    version: 0,
    emails: [],
    phones: [],
    bandwidths: [],
    times: [],
    zones: [],
    attributes: [],
    unknownLines: [],
    media: [],
    ...parts,
  };
}

/** A medium with nothing in it but `parts`. */
export function medium(parts: Partial<MediaDescription> = {}): MediaDescription {
  return {
    type: "video",
    port: 0,
    protocol: "RTP/AVP",
    formats: ["26"],
    connections: [],
    bandwidths: [],
    attributes: [],
    unknownLines: [],
    ...parts,
  };
}

export function origin(
  sessionId: string,
  sessionVersion: string,
  address: string,
  username = "-",
): NonNullable<SessionDescription["origin"]> {
  return { username, sessionId, sessionVersion, networkType: "IN", addressType: "IP4", address };
}

export const ANY = { networkType: "IN", addressType: "IP4", address: "0.0.0.0" };
export const ALWAYS = { start: 0, stop: 0, repeats: [] };

/** Descriptions that follow the standard: parsed without a tolerance, written back byte for byte. */
export const STRICT: Golden<SessionDescription>[] = [
  {
    name: "gst-rtsp-server serving Motion JPEG",
    bytes: sdp(
      "v=0",
      "o=- 16530428120310487542 1 IN IP4 127.0.0.1", // beyond 2^53
      "s=Session streamed with GStreamer",
      "i=rtsp-server",
      "t=0 0",
      "a=tool:GStreamer",
      "a=type:broadcast",
      "a=control:*",
      "a=range:npt=now-",
      "m=video 0 RTP/AVP 26",
      "c=IN IP4 0.0.0.0",
      "a=framerate:10.000000",
      "a=x-dimensions:2560,1440",
      "a=control:stream=0",
    ),
    value: session({
      origin: origin("16530428120310487542", "1", "127.0.0.1"),
      name: "Session streamed with GStreamer",
      information: "rtsp-server",
      times: [ALWAYS],
      attributes: [
        { name: "tool", value: "GStreamer" },
        { name: "type", value: "broadcast" },
        { name: "control", value: "*" },
        { name: "range", value: "npt=now-" },
      ],
      media: [medium({
        connections: [ANY],
        attributes: [
          { name: "framerate", value: "10.000000" },
          { name: "x-dimensions", value: "2560,1440" },
          { name: "control", value: "stream=0" },
        ],
      })],
    }),
  },
  {
    name: "live555 serving H.264 and AAC",
    bytes: sdp(
      "v=0",
      "o=- 1763705486000000 1 IN IP4 192.0.2.20",
      "s=Matroska video+audio, streamed by the LIVE555 Media Server",
      "i=clip.mkv",
      "t=0 0",
      "a=tool:LIVE555 Streaming Media v2026.06.24",
      "a=type:broadcast",
      "a=control:*",
      "a=range:npt=0-12.500",
      "a=x-qt-text-nam:Matroska video+audio, streamed by the LIVE555 Media Server",
      "m=video 0 RTP/AVP 96",
      "c=IN IP4 0.0.0.0",
      "b=AS:500",
      "a=rtpmap:96 H264/90000",
      "a=fmtp:96 packetization-mode=1;profile-level-id=64001F;sprop-parameter-sets=Z2Q=,aO4=",
      "a=control:track1",
      "m=audio 0 RTP/AVP 97",
      "c=IN IP4 0.0.0.0",
      "b=AS:96",
      "a=rtpmap:97 MPEG4-GENERIC/48000/2",
      "a=control:track2",
    ),
    value: session({
      origin: origin("1763705486000000", "1", "192.0.2.20"),
      name: "Matroska video+audio, streamed by the LIVE555 Media Server",
      information: "clip.mkv",
      times: [ALWAYS],
      attributes: [
        { name: "tool", value: "LIVE555 Streaming Media v2026.06.24" },
        { name: "type", value: "broadcast" },
        { name: "control", value: "*" },
        { name: "range", value: "npt=0-12.500" },
        {
          name: "x-qt-text-nam",
          value: "Matroska video+audio, streamed by the LIVE555 Media Server",
        },
      ],
      media: [
        medium({
          formats: ["96"],
          connections: [ANY],
          bandwidths: [{ type: "AS", value: 500 }],
          attributes: [
            { name: "rtpmap", value: "96 H264/90000" },
            {
              name: "fmtp",
              value:
                "96 packetization-mode=1;profile-level-id=64001F;sprop-parameter-sets=Z2Q=,aO4=",
            },
            { name: "control", value: "track1" },
          ],
        }),
        medium({
          type: "audio",
          formats: ["97"],
          connections: [ANY],
          bandwidths: [{ type: "AS", value: 96 }],
          attributes: [
            { name: "rtpmap", value: "97 MPEG4-GENERIC/48000/2" },
            { name: "control", value: "track2" },
          ],
        }),
      ],
    }),
  },
  {
    name: "ffmpeg sending RTP without RTSP",
    bytes: sdp(
      "v=0",
      "o=- 0 0 IN IP6 ::1",
      "s=No Name",
      "c=IN IP6 ::1",
      "t=0 0",
      "a=tool:libavformat 59.27.100",
      "m=video 5004 RTP/AVP 26",
      "b=AS:200",
    ),
    value: session({
      origin: {
        username: "-",
        sessionId: "0",
        sessionVersion: "0",
        networkType: "IN",
        addressType: "IP6",
        address: "::1",
      },
      name: "No Name",
      connection: { networkType: "IN", addressType: "IP6", address: "::1" },
      times: [ALWAYS],
      attributes: [{ name: "tool", value: "libavformat 59.27.100" }],
      media: [medium({ port: 5004, bandwidths: [{ type: "AS", value: 200 }] })],
    }),
  },
  {
    name: "VLC serving Motion JPEG",
    bytes: sdp(
      "v=0",
      "o=- 17087224325108396561 17087224325108396561 IN IP4 vlc.example",
      "s=Unnamed",
      "i=N/A",
      "c=IN IP4 0.0.0.0",
      "t=0 0",
      "a=tool:vlc 3.0.24",
      "a=recvonly",
      "a=type:broadcast",
      "a=charset:UTF-8",
      "a=control:rtsp://192.0.2.3:8554/cam",
      "m=video 0 RTP/AVP 26",
      "b=RR:0",
      "a=rtpmap:26 JPEG/90000",
      "a=control:rtsp://192.0.2.3:8554/cam/trackID=0",
    ),
    value: session({
      origin: origin("17087224325108396561", "17087224325108396561", "vlc.example"),
      name: "Unnamed",
      information: "N/A",
      connection: ANY,
      times: [ALWAYS],
      attributes: [
        { name: "tool", value: "vlc 3.0.24" },
        { name: "recvonly" },
        { name: "type", value: "broadcast" },
        { name: "charset", value: "UTF-8" },
        { name: "control", value: "rtsp://192.0.2.3:8554/cam" },
      ],
      media: [medium({
        bandwidths: [{ type: "RR", value: 0 }],
        attributes: [
          { name: "rtpmap", value: "26 JPEG/90000" },
          { name: "control", value: "rtsp://192.0.2.3:8554/cam/trackID=0" },
        ],
      })],
    }),
  },
  {
    name: "camera with metadata and an absolute control URL with a query",
    bytes: sdp(
      "v=0",
      "o=- 2208989000 2208989000 IN IP4 192.0.2.64",
      "s=Media Presentation",
      "e=NONE",
      "b=AS:5100",
      "t=0 0",
      "a=control:rtsp://192.0.2.64/Streaming/Channels/101/?transportmode=unicast",
      "m=video 0 RTP/AVP 26",
      "c=IN IP4 0.0.0.0",
      "b=AS:5000",
      "a=recvonly",
      "a=x-dimensions:1920,1080",
      "a=control:rtsp://192.0.2.64/Streaming/Channels/101/trackID=1?transportmode=unicast",
      "a=framesize:26 1920-1080",
      "m=application 0 RTP/AVP 107",
      "c=IN IP4 0.0.0.0",
      "a=sendonly",
      "a=rtpmap:107 vnd.onvif.metadata/90000",
      "a=fmtp:107 DecoderTag=h3c-v3 RTCP=0",
    ),
    value: session({
      origin: origin("2208989000", "2208989000", "192.0.2.64"),
      name: "Media Presentation",
      emails: ["NONE"],
      bandwidths: [{ type: "AS", value: 5100 }],
      times: [ALWAYS],
      attributes: [{
        name: "control",
        value: "rtsp://192.0.2.64/Streaming/Channels/101/?transportmode=unicast",
      }],
      media: [
        medium({
          connections: [ANY],
          bandwidths: [{ type: "AS", value: 5000 }],
          attributes: [
            { name: "recvonly" },
            { name: "x-dimensions", value: "1920,1080" },
            {
              name: "control",
              value: "rtsp://192.0.2.64/Streaming/Channels/101/trackID=1?transportmode=unicast",
            },
            { name: "framesize", value: "26 1920-1080" },
          ],
        }),
        medium({
          type: "application",
          formats: ["107"],
          connections: [ANY],
          attributes: [
            { name: "sendonly" },
            { name: "rtpmap", value: "107 vnd.onvif.metadata/90000" },
            { name: "fmtp", value: "107 DecoderTag=h3c-v3 RTCP=0" },
          ],
        }),
      ],
    }),
  },
  {
    name: "every line type of RFC 8866, on multicast groups",
    bytes: sdp(
      "v=0",
      "o=alice 3724394400 3724394405 IN IP4 host.example",
      "s=Call",
      "i=A talk",
      "u=https://www.example.com/talk",
      "e=alice@example.com (Alice)",
      "e=bob@example.com",
      "p=+1 617 555-6011",
      "c=IN IP4 233.252.0.1/127/3",
      "b=X-YZ:128",
      "b=AS:500",
      "t=3724394400 3724398000",
      "r=604800 3600 0 90000",
      "r=7d 1h 0 25h",
      "t=3724484400 0",
      "z=3730928400 -1h 3749680800 0",
      "k=prompt",
      "a=inactive",
      "m=audio 49170/2 RTP/AVP 0 8 96",
      "i=Sound",
      "c=IN IP4 233.252.0.2/10",
      "c=IN IP6 ff0e::101/3",
      "b=TIAS:64000",
      "k=clear:secret",
      "a=sendrecv",
    ),
    value: session({
      origin: origin("3724394400", "3724394405", "host.example", "alice"),
      name: "Call",
      information: "A talk",
      uri: "https://www.example.com/talk",
      emails: ["alice@example.com (Alice)", "bob@example.com"],
      phones: ["+1 617 555-6011"],
      connection: {
        networkType: "IN",
        addressType: "IP4",
        address: "233.252.0.1",
        ttl: 127,
        addressCount: 3,
      },
      bandwidths: [{ type: "X-YZ", value: 128 }, { type: "AS", value: 500 }],
      times: [
        {
          start: 3724394400,
          stop: 3724398000,
          repeats: [
            { interval: "604800", duration: "3600", offsets: ["0", "90000"] },
            { interval: "7d", duration: "1h", offsets: ["0", "25h"] },
          ],
        },
        { start: 3724484400, stop: 0, repeats: [] },
      ],
      zones: [{ time: 3730928400, offset: "-1h" }, { time: 3749680800, offset: "0" }],
      key: "prompt",
      attributes: [{ name: "inactive" }],
      media: [medium({
        type: "audio",
        port: 49170,
        portCount: 2,
        formats: ["0", "8", "96"],
        title: "Sound",
        connections: [
          { networkType: "IN", addressType: "IP4", address: "233.252.0.2", ttl: 10 },
          { networkType: "IN", addressType: "IP6", address: "ff0e::101", addressCount: 3 },
        ],
        bandwidths: [{ type: "TIAS", value: 64000 }],
        key: "clear:secret",
        attributes: [{ name: "sendrecv" }],
      })],
    }),
  },
];

/** A description that breaks the standard, and the tolerances it takes to read it. */
export interface Tolerated {
  name: string;
  text: string | Uint8Array;
  tolerances: SdpTolerance[];
  value: SessionDescription;
}

const GOOD_HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";
const GOOD: Partial<SessionDescription> = {
  origin: origin("1", "1", "192.0.2.1"),
  name: "-",
  connection: ANY,
  times: [ALWAYS],
};

/** One line in place of another in a description that is otherwise right. */
function instead(of: string, line: string): string {
  const found = new RegExp(`^${of}=.*\r\n`, "m");
  return GOOD_HEAD.replace(found, line === "" ? "" : `${line}\r\n`);
}

function originRow(name: string, line: string, value: SessionDescription["origin"]): Tolerated {
  const { origin: _, ...rest } = GOOD;
  const expected = session(value === undefined ? rest : { ...rest, origin: value });
  return { name, text: instead("o", line), tolerances: ["origin-malformed"], value: expected };
}

function connectionRow(
  name: string,
  line: string,
  value: SessionDescription["connection"],
): Tolerated {
  const { connection: _, ...rest } = GOOD;
  const expected = session(value === undefined ? rest : { ...rest, connection: value });
  return { name, text: instead("c", line), tolerances: ["connection-malformed"], value: expected };
}

function mediaRow(
  name: string,
  lines: string[],
  tolerances: SdpTolerance[],
  value: MediaDescription,
): Tolerated {
  const text = GOOD_HEAD + lines.map((line) => `${line}\r\n`).join("");
  return { name, text, tolerances, value: session({ ...GOOD, media: [value] }) };
}

export const TOLERATED: Tolerated[] = [
  {
    name: "TP-Link: LF line ends, a number too many in o=, payload type smart/1/90000",
    text: "v=0\no=- 14665860 31787219 1 IN IP4 192.0.2.60\n" +
      's=Session streamed by "TP-LINK RTSP Server"\nt=0 0\n' +
      "m=application/TP-LINK 0 RTP/AVP smart/1/90000\nc=IN IP4 0.0.0.0\n" +
      "a=rtpmap:95 TP-LINK/90000\na=control:track3\n",
    tolerances: ["line-feed-only", "origin-malformed", "media-malformed", "payload-type-malformed"],
    value: session({
      origin: origin("31787219", "1", "192.0.2.60", "- 14665860"),
      name: 'Session streamed by "TP-LINK RTSP Server"',
      times: [ALWAYS],
      media: [medium({
        type: "application/TP-LINK",
        formats: ["smart/1/90000"],
        connections: [ANY],
        attributes: [
          { name: "rtpmap", value: "95 TP-LINK/90000" },
          { name: "control", value: "track3" },
        ],
      })],
    }),
  },
  {
    name: "macro-video: no o=, c= below a=",
    text: "v=0\r\ns=streamed by the macro-video rtsp server\r\nt=0 0\r\na=control:*\r\n" +
      "c=IN IP4 0.0.0.0\r\nm=video 0 RTP/AVP 26\r\nb=AS:500\r\na=control:track1\r\n",
    tolerances: ["line-out-of-order", "origin-missing"],
    value: session({
      name: "streamed by the macro-video rtsp server",
      connection: ANY,
      times: [ALWAYS],
      attributes: [{ name: "control", value: "*" }],
      media: [medium({
        bandwidths: [{ type: "AS", value: 500 }],
        attributes: [{ name: "control", value: "track1" }],
      })],
    }),
  },
  {
    name: "a camera that sends m= and a= only",
    text: "m=video 0 RTP/AVP 26\r\na=control:trackID=0\r\n",
    tolerances: [
      "version-missing",
      "origin-missing",
      "name-missing",
      "time-missing",
      "connection-missing",
    ],
    value: session({
      media: [medium({ attributes: [{ name: "control", value: "trackID=0" }] })],
    }),
  },
  originRow(
    "H3C and Uniview: o= ends at IN",
    "o=- 1001 1 IN ",
    origin("1001", "1", "0.0.0.0"),
  ),
  originRow(
    "o= with user name and number run together",
    "o=-2208991488 2208991488 IN IP4 192.0.2.119",
    origin("2208991488", "2208991488", "192.0.2.119"),
  ),
  originRow(
    "o= with a user name of several words",
    "o=Some Body Else 0 0 IN IP4 127.0.0.1",
    origin("0", "0", "127.0.0.1", "Some Body Else"),
  ),
  originRow(
    "o= with fractions for numbers",
    "o=- 1698210484.879535 1698210484.879535 IN IP4 192.0.2.31:12626",
    origin("1698210484.879535", "1698210484.879535", "192.0.2.31:12626"),
  ),
  originRow("o= with IPV4", "o=- 1 1 IN IPV4 192.0.2.10", origin("1", "1", "192.0.2.10")),
  originRow("o= without a network type", "o=- 1 1", undefined),
  originRow("o= with too little before IN", "o=1 IN IP4 192.0.2.10", undefined),
  connectionRow("Hikvision: c=IN twice", "c=IN c=IN IP4 0.0.0.0", ANY),
  connectionRow("H3C and Uniview: c=IN alone", "c=IN ", undefined),
  connectionRow("c= without anything", "c=", undefined),
  connectionRow("c= without an address type, IPv4", "c=IN 192.0.2.27", {
    ...ANY,
    address: "192.0.2.27",
  }),
  connectionRow("c= without an address type, IPv6", "c=IN 2001:db8::1", {
    networkType: "IN",
    addressType: "IP6",
    address: "2001:db8::1",
  }),
  connectionRow("c= with IPV4", "c=IN IPV4 0.0.0.0", ANY),
  connectionRow("c= with a time to live above 255", "c=IN IP4 233.252.0.1/256", {
    ...ANY,
    address: "233.252.0.1",
  }),
  connectionRow("c= with a time to live on IPv6", "c=IN IP6 ff0e::1/127/2", {
    networkType: "IN",
    addressType: "IP6",
    address: "ff0e::1",
  }),
  {
    name: "FLIR: t=now-",
    text: instead("t", "t=now-"),
    tolerances: ["time-malformed"],
    value: session(GOOD),
  },
  {
    name: "t= with a start only",
    text: instead("t", "t=12"),
    tolerances: ["time-malformed"],
    value: session({ ...GOOD, times: [{ start: 12, stop: 0, repeats: [] }] }),
  },
  {
    name: "r= and z= that are no times",
    text: GOOD_HEAD + "r=never\r\nz=1\r\n",
    tolerances: ["time-malformed", "time-malformed"],
    value: session(GOOD),
  },
  {
    name: "r= before any t=",
    text: instead("t", "r=7d 1h 0"),
    tolerances: ["time-malformed", "time-missing"],
    value: session({ ...GOOD, times: [] }),
  },
  {
    name: "another version",
    text: instead("v", "v=1"),
    tolerances: ["version-malformed"],
    value: session({ ...GOOD, version: 1 }),
  },
  {
    name: "empty s= and i=",
    text: instead("s", "s=\r\ni="),
    tolerances: ["empty-value", "empty-value"],
    value: session({ ...GOOD, name: "", information: "" }),
  },
  {
    name: "no s=",
    text: instead("s", ""),
    tolerances: ["name-missing"],
    value: ((): SessionDescription => {
      const { name: _, ...rest } = GOOD;
      return session(rest);
    })(),
  },
  {
    name: "s= a second time",
    text: GOOD_HEAD.replace("s=-", "s=-\r\ns=other"),
    tolerances: ["repeated-line"],
    value: session(GOOD),
  },
  {
    name: "a line of unknown type",
    text: GOOD_HEAD + "x=vendor stuff\r\n",
    tolerances: ["unknown-line"],
    value: session({ ...GOOD, unknownLines: [{ type: "x", value: "vendor stuff" }] }),
  },
  {
    name: "session line types below m=",
    text: GOOD_HEAD + "m=video 0 RTP/AVP 26\r\nt=0 0\r\n",
    tolerances: ["unknown-line"],
    value: session({ ...GOOD, media: [medium({ unknownLines: [{ type: "t", value: "0 0" }] })] }),
  },
  {
    name: "a line named like a property of every object",
    text: GOOD_HEAD + "constructor=1\r\n",
    tolerances: ["line-without-type"],
    value: session(GOOD),
  },
  {
    name: "empty lines, spare CR, a NUL and no line end",
    text: GOOD_HEAD.replace("s=-\r\n", "s=-\r\r\n") + "\r\n\0",
    tolerances: [
      "empty-line",
      "empty-line",
      "line-without-type",
      "carriage-return-only",
      "no-final-line-end",
    ],
    value: session(GOOD),
  },
  {
    name: "b= without a number",
    text: instead("t", "b=AS\r\nt=0 0"),
    tolerances: ["bandwidth-malformed"],
    value: session(GOOD),
  },
  {
    name: "prudynt: no c= at all",
    text: instead("c", "") + "m=video 0 RTP/AVP 26\r\n",
    tolerances: ["connection-missing"],
    value: ((): SessionDescription => {
      const { connection: _, ...rest } = GOOD;
      return session({ ...rest, media: [medium()] });
    })(),
  },
  {
    name: "Tuya: a negative port, and an address of random bytes",
    text: new Uint8Array([
      ...ascii(GOOD_HEAD + "m=video -1353744643 RTP/AVP 96\r\nc=IN IP4 '&"),
      0xff,
      0xfe,
      ...ascii("\r\n"),
    ]),
    tolerances: ["not-utf-8", "media-malformed"],
    value: session({
      ...GOOD,
      media: [medium({
        formats: ["96"],
        connections: [{ ...ANY, address: "'&\ufffd\ufffd" }],
      })],
    }),
  },
  mediaRow(
    "a port above 65535",
    ["m=video 65536 RTP/AVP 26"],
    ["media-malformed"],
    medium(),
  ),
  mediaRow(
    "m= without a format",
    ["m=video 0 RTP/AVP"],
    ["media-malformed"],
    medium({ formats: [] }),
  ),
  mediaRow(
    "m= with two spaces",
    ["m=video 0 RTP/AVP  26"],
    ["media-malformed"],
    medium(),
  ),
  mediaRow(
    "IGCSMS: payload type (null), and an rtpmap without a value",
    ["m=audio 0 RTP/AVP (null)", "a=rtpmap"],
    ["payload-type-malformed", "attribute-malformed"],
    medium({ type: "audio", formats: ["(null)"], attributes: [{ name: "rtpmap" }] }),
  ),
  mediaRow(
    "payload type 128",
    ["m=audio 0 RTP/AVP 128"],
    ["payload-type-malformed"],
    medium({ type: "audio", formats: ["128"] }),
  ),
  mediaRow(
    "rtpmap with a space behind it",
    ["m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000 "],
    ["rtpmap-spaces"],
    medium({ formats: ["96"], attributes: [{ name: "rtpmap", value: "96 H264/90000 " }] }),
  ),
  mediaRow(
    "Ubiquiti: fmtp without parameters",
    ["m=video 0 RTP/AVP 96", "a=fmtp:96"],
    ["fmtp-without-parameters"],
    medium({ formats: ["96"], attributes: [{ name: "fmtp", value: "96" }] }),
  ),
  mediaRow(
    "attributes without a name, without a value, and with a name of two words",
    ["m=video 0 RTP/AVP 26", "a=", "a=:1", "a=x:", "a=two words:1"],
    ["attribute-malformed", "attribute-malformed", "attribute-malformed", "attribute-malformed"],
    medium({ attributes: [{ name: "x", value: "" }, { name: "two words", value: "1" }] }),
  ),
];
