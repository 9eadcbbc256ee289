import { CapturedProbe } from "../../../cmd/capture_probe.ts";
import { JsonReport, type ProbeReport, TextReport } from "../../../cmd/probe_report.ts";
import { printable } from "../../../cmd/printable.ts";
import { PLAIN } from "../../../cmd/style.ts";
import { Redactor } from "../../../lib/inspect/redaction.ts";
import { SessionRecord } from "../../../lib/inspect/report/session_record.ts";
import { Recording, recordingFormat } from "../../../lib/media/capture/recording.ts";
import { reportPage } from "../../../lib/ui/report/page.ts";
import type { ReportedSession } from "../../../lib/ui/report/report.ts";
import * as captures from "../../lib/codec/captures.ts";
import { LAB_REQUESTS } from "../../lib/rtsp/lab/goldens.ts";
import { STRICT } from "../../lib/sdp/goldens.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import {
  type BuiltFrame,
  end,
  pcapngOf,
  TcpTalk,
  udpFrame,
} from "../../support/capture_builder.ts";
import { reply, request } from "../../support/capture_sessions.ts";
import type { Seeded } from "../../support/seeded.ts";
import { inPieces } from "../mutate.ts";
import type { Target } from "../target.ts";
import { PACKETS, RTPDUMP, smallSession, smallTcpSession, strayPackets } from "./sessions.ts";

/** Nothing of these is in a page but what the page itself has. */
const ACTIVE_MARKUP = /<(?:script|iframe|object|embed|form|link)\b|\son\w+=|javascript:/i;
/** Lines and characters that are told of each byte of a recording, at most. */
const MOST_TOLD = 400;

/** What is told comes to a terminal as lines, whatever was in the recording. */
class Told {
  characters = 0;

  readonly text = (line: string): void => {
    this.characters += line.length;
    assert(!line.includes("\n"), `more than a line is told: ${JSON.stringify(line)}`);
  };

  readonly json = (line: string): void => {
    this.text(line);
    const shown = printable(line, false);
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x1f\x7f-\x9f]/.test(shown), `a control character is told: ${shown}`);
    assertEquals(JSON.stringify(JSON.parse(shown)), line);
  };
}

/** Tells all of them. */
function together(reports: readonly ProbeReport[], record: SessionRecord): ProbeReport {
  const each = (tell: (report: ProbeReport) => void): void => reports.forEach(tell);
  return {
    message: (message) => {
      each((report) => report.message(message));
      record.message(message);
    },
    description: (lines) => {
      each((report) => report.description(lines));
      record.description = lines;
    },
    packet: (packet) => {
      each((report) => report.packet(packet));
      record.packet(packet);
    },
    rtcp: (rtcp, stream) => {
      each((report) => report.rtcp(rtcp, stream));
      record.rtcp(rtcp);
    },
    frame: (frame, stream) => record.frame(frame, stream),
    conclusion: (conclusion) => {
      each((report) => report.conclusion(conclusion));
      record.conclusion = conclusion;
    },
    summary: (...words) => each((report) => report.summary(...words)),
  };
}

/** All that `probe FILE` prints and writes: lines, JSON, and the page. */
function checkTold(bytes: Uint8Array, random: Seeded): void {
  const format = recordingFormat(bytes);
  if (format === undefined) return;
  const told = new Told();
  const sessions: ReportedSession[] = [];
  const recording = new Recording(format, {
    session: () => {
      const record = new SessionRecord({ pictures: true });
      sessions.push({ title: `Session ${sessions.length + 1}`, record });
      const reports = [
        new TextReport({ out: told.text }, PLAIN, false),
        new JsonReport({ out: told.json, talk: told.text }, false),
      ];
      return new CapturedProbe(together(reports, record), undefined);
    },
  });
  for (const piece of inPieces(bytes, random)) if (!recording.push(piece)) break;
  recording.finish();
  assert(told.characters <= MOST_TOLD * (bytes.length + 100), `${told.characters} characters`);
  // The page takes longest, and is much the same each time.
  if (random.next() < 0.1) checkPage(sessions, random.next() < 0.5);
}

function checkPage(sessions: readonly ReportedSession[], anonymous: boolean): void {
  const page = reportPage({
    ...{ target: "capture.pcapng", environment: [], time: 0, sessions, expectations: [] },
    ...{ redactor: new Redactor({ anonymous }), anonymous },
  });
  assert(!ACTIVE_MARKUP.test(page), "nothing runs in the page");
  assert(page.endsWith("</html>\n") || page.endsWith("</html>"), "the page is whole");
}

const [SERVER, CLIENT] = [end("192.0.2.1", 6000), end("192.0.2.10", 5000)];

/** A description of every kind there is a golden of, and packets of a codec after each. */
function described(): BuiltFrame[][] {
  const codecs = Object.values(captures);
  return STRICT.map(({ bytes }, i) => {
    const url = "rtsp://192.0.2.1/movie";
    const sdp = new TextDecoder().decode(bytes);
    const transport = "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001";
    const talk = new TcpTalk()
      .ask(request("DESCRIBE", url, 1, "Accept: application/sdp"))
      .answer(reply(
        1,
        `Content-Type: application/sdp\r\nContent-Length: ${bytes.length}\r\n\r\n${sdp}`,
      ))
      .ask(request("SETUP", `${url}/track1`, 2, `Transport: ${transport}`))
      .answer(reply(2, `Transport: ${transport}\r\nSession: 1\r\n\r\n`))
      .ask(request("PLAY", url, 3, "Session: 1"))
      .answer(reply(3, "Session: 1\r\n\r\n"));
    const { packets } = codecs[i % codecs.length]!;
    const media = packets.map((packet, n) => udpFrame(talk.at + 10 * n, SERVER, CLIENT, packet));
    return [...talk.frames, ...media];
  });
}

/** The course-lab dialect and its packets. */
function labSession(): BuiltFrame[] {
  const talk = new TcpTalk();
  for (const { bytes } of LAB_REQUESTS.slice(0, 4)) {
    talk.ask(bytes).answer("RTSP/1.0 200 OK\nCSeq: 1\nSession: 123456\n");
  }
  const media = PACKETS.map((packet, i) => udpFrame(talk.at + 10 * i, SERVER, CLIENT, packet));
  return [...talk.frames, ...media];
}

const SEEDS = [
  ...[smallSession(), smallTcpSession(), strayPackets(), labSession(), ...described()].map(
    pcapngOf,
  ),
  ...Object.values(captures).map(({ packets }) => {
    return pcapngOf(packets.map((packet, i) => udpFrame(10 * i, SERVER, CLIENT, packet)));
  }),
  RTPDUMP,
];

export const PROBE_TARGETS: readonly Target[] = [
  { name: "probe-file", seeds: SEEDS, check: checkTold },
];
