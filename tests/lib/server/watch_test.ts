// What a server shows to those who watch it, and how it ends a session for them.
import { formatMetrics } from "../../../lib/server/metrics_text.ts";
import { joinObservations, MOST_SESSIONS, shownId } from "../../../lib/server/watch.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { parseExposition, valueOf } from "../../support/exposition.ts";
import { LabClient } from "../../support/lab_client.ts";
import { FRAME_MS, MOVIE_FRAMES, pass, withServer } from "../../support/rtsp_server.ts";
import { eventually } from "../../support/wait.ts";

const metricsOf = (
  { server }: { server: { observe(): { families: Parameters<typeof formatMetrics>[0] } } },
) => parseExposition(formatMetrics(server.observe().families));

Deno.test("a session is seen as it is, and its identifier only in part", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    const [ready] = test.server.observe().sessions;
    assertEquals(ready?.state, "Ready");
    await test.play(peer, session);
    await pass(test.clock, 4 * FRAME_MS);
    const { connections, sessionCount, sessions } = test.server.observe();
    assertEquals([connections, sessionCount, sessions.length], [1, 1, 1]);
    const [seen] = sessions;
    assertEquals(seen?.id, shownId(session.id));
    assert(session.id.length >= 2 * seen!.id.length);
    assertEquals(
      [seen!.dialect, seen!.file, seen!.state, seen!.transport, seen!.path, seen!.report],
      ["rtsp", "movie.Mjpeg", "Playing", "tcp", "TCP channels 0-1", null],
    );
    assertEquals([seen!.frame, seen!.frameCount, seen!.framesSent], [6, MOVIE_FRAMES, 5]);
    const packets = (await peer.rtp(5)).length;
    assert(seen!.packetsSent >= packets);
  }));

Deno.test("the metrics are what was sent", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    const receiver = test.receiver();
    const session = await test.setUp(peer, receiver);
    await test.play(peer, session);
    await pass(test.clock, (MOVIE_FRAMES + 2) * FRAME_MS);
    await test.until("session-end-of-media");
    const [seen] = test.server.observe().sessions;
    const read = metricsOf(test);
    const udp = { transport: "udp" };
    assertEquals(valueOf(read, "rtspkit_frames_sent_total", udp), MOVIE_FRAMES);
    assertEquals(valueOf(read, "rtspkit_rtp_packets_sent_total", udp), seen!.packetsSent);
    assertEquals(valueOf(read, "rtspkit_frames_sent_total", { transport: "tcp" }), 0);
    assertEquals(valueOf(read, "rtspkit_frame_lateness_seconds_count"), undefined);
    const lateness = read.get("rtspkit_frame_lateness_seconds")!.samples;
    assertEquals(lateness.at(-1)?.value, MOVIE_FRAMES);
    assertEquals(lateness.at(-2)?.value, 0, "by a clock that stands still nothing is late");
    assertEquals(valueOf(read, "rtspkit_requests_total", { method: "PLAY", status: "200" }), 1);
    const kind = { dialect: "rtsp", transport: "udp", state: "ready" };
    assertEquals(valueOf(read, "rtspkit_sessions", kind), 1);
  }));

Deno.test("who is kicked is told so, and its connection is closed where that carries the media", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer);
    await test.play(peer, session);
    await pass(test.clock, 2 * FRAME_MS);
    assert(!test.server.kick("no such session", "for a test"));
    assert(test.server.kick(shownId(session.id), "for a test"));
    const [ended] = test.told("session-ended");
    assertEquals([ended?.reason, ended?.frames, ended?.peer !== ""], ["for a test", 3, true]);
    await test.until("disconnected");
    assertEquals(test.server.observe().sessions, []);
    assert(!test.server.kick(shownId(session.id), "again"));
  }));

Deno.test("who is kicked over UDP keeps its connection, and has no session there any more", () =>
  withServer({ loop: true }, async (test) => {
    const peer = await test.connect();
    const session = await test.setUp(peer, test.receiver());
    await test.play(peer, session);
    await pass(test.clock, FRAME_MS);
    assert(test.server.kick(shownId(session.id), "for a test"));
    assertEquals((await test.ask(peer, "PLAY", session)).status, 454);
  }));

Deno.test("a lab client is seen and kicked too", () =>
  withServer({ loop: true }, async (test) => {
    const client = await LabClient.connect(test.port);
    try {
      const asked = client.request("SETUP");
      await test.until("session-setup");
      await pass(test.clock, FRAME_MS);
      await asked;
      const [seen] = test.server.observe().sessions;
      assertEquals([seen?.dialect, seen?.transport, seen?.state], ["lab", "lab", "Ready"]);
      assert(test.server.kick(seen!.id, "for a test"));
      await eventually("its end", () => test.server.connectionCount === 0);
      assertEquals(test.told("session-ended").map(({ reason }) => reason), ["for a test"]);
      assertEquals(test.server.sessionCount, 0);
    } finally {
      client.close();
    }
  }));

Deno.test("several servers are seen as one, with no more sessions than can be told", () =>
  withServer({}, async (test) => {
    const peer = await test.connect();
    await test.setUp(peer);
    const one = test.server.observe();
    const many = { ...one, sessions: Array(MOST_SESSIONS).fill(one.sessions[0]), lateMs: 9 };
    const all = joinObservations([one, many]);
    assertEquals(
      [all.workers, all.connections, all.sessionCount, all.sessions.length, all.lateMs],
      [2, 2, 2, MOST_SESSIONS, 9],
    );
  }));
