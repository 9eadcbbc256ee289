// What servers answer otherwise than the standard has it, and what comes between.
import { formatResponse, interleave } from "../../../../lib/rtsp/format.ts";
import { HeaderList } from "../../../../lib/rtsp/headers.ts";
import { ProtocolError, StatusError, UnreadableReplyError } from "../../../../lib/client/errors.ts";
import { goodbye, packetsOf, PICTURES } from "../../../support/scripted_media.ts";
import {
  type Answer,
  JPEG_SDP,
  type Script,
  type ScriptedConnection,
} from "../../../support/scripted_server.ts";
import { onStage, type Stage } from "../../../support/viewer.ts";
import { assert, assertEquals, assertRejects } from "../../../support/assert.ts";

const METHODS = ["OPTIONS", "DESCRIBE", "SETUP", "PLAY", "TEARDOWN"];
const TWO = PICTURES.slice(0, 2);

/** Sends two pictures and says goodbye. */
async function twoPictures(client: ScriptedConnection): Promise<void> {
  for (const packets of packetsOf(TWO)) await client.rtp(...packets);
  await client.rtcp(goodbye());
}

/** The same answer to every method. */
function always(answer: Answer): Record<string, Answer> {
  return Object.fromEntries(METHODS.map((method) => [method, answer]));
}

/** Plays to the end: two whole pictures must come, and nothing may be wrong. */
async function playsToItsEnd(stage: Stage): Promise<void> {
  const session = await stage.play();
  assertEquals(await stage.pass(session.ended), "complete");
  assertEquals(stage.viewer.frames.map(({ damage }) => damage), [undefined, undefined]);
  assertEquals(session.statistics.lost, 0);
  await session.close();
  assertEquals(stage.server.methods, METHODS);
}

const ODD_REPLIES: [name: string, answer: Answer, codes: string[]][] = [
  ["CSeq 0 in every reply", { headers: { CSeq: "0" } }, ["wrong-cseq"]],
  ["no CSeq at all", { headers: { CSeq: undefined } }, ["wrong-cseq"]],
  ["a CSeq far ahead", { headers: { CSeq: "4711" } }, ["wrong-cseq"]],
  ["a CSeq that is no number", { headers: { CSeq: "one" } }, ["wrong-cseq"]],
  ["blanks around the CSeq (Longse)", ({ headers }) => {
    return { headers: { CSeq: `  ${headers.get("CSeq")}   ` } };
  }, []],
  ["header names in another case", ({ headers }) => {
    return { headers: { CSeq: undefined, cseq: headers.get("CSeq"), SESSION: "A1B2C3" } };
  }, []],
  ["headers nobody knows", { headers: { "X-Camera": "yes", Date: "today" } }, []],
  ["a reason phrase of its own", { reason: "Alles gut" }, []],
];

for (const [name, answer, codes] of ODD_REPLIES) {
  Deno.test(`a server with ${name} is understood`, async () => {
    await onStage({ answers: always(answer), media: twoPictures }, async (stage) => {
      await playsToItsEnd(stage);
      assertEquals([...new Set(stage.viewer.codes)], codes);
    });
  });
}

Deno.test("replies in lines that end with LF alone are understood", async () => {
  const lineFeeds: Answer = (request) => {
    const cseq = request.headers.get("CSeq");
    const head = `RTSP/1.0 200 OK\nCSeq: ${cseq}\nSession: 7\n`;
    if (request.method === "DESCRIBE") {
      const body = JPEG_SDP.replaceAll("\r", "");
      return { exactly: `${head}Content-Length: ${body.length}\n\n${body}` };
    }
    return { exactly: `${head}Transport: RTP/AVP/TCP;interleaved=0-1\n\n` };
  };
  await onStage({ answers: always(lineFeeds), media: twoPictures }, async (stage) => {
    await playsToItsEnd(stage);
    assertEquals(stage.viewer.codes.includes("bare-line-feed"), true);
  });
});

Deno.test("the reply to a request that was given up is not taken for another's", async () => {
  const script: Script = {
    answers: { PLAY: () => ({ exactly: "RTSP/1.0 500 Late\r\nCSeq: 2\r\n\r\n" }) },
  };
  await onStage(script, async (stage) => {
    const session = await stage.open();
    const playing = session.play();
    await stage.viewer.until("the late reply", ({ messages }) => {
      return messages.some(({ status }) => status === 500);
    });
    await stage.server.connections[0]!.send("RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n");
    await playing;
  });
});

Deno.test("100 Continue is not the reply yet", async () => {
  const patient: Answer = ({ headers }) => {
    const cseq = headers.get("CSeq");
    return {
      exactly: `RTSP/1.0 100 Continue\r\nCSeq: ${cseq}\r\n\r\n` +
        `RTSP/1.0 200 OK\r\nCSeq: ${cseq}\r\nPublic: PLAY\r\n\r\n`,
    };
  };
  await onStage({ answers: { OPTIONS: patient }, media: twoPictures }, playsToItsEnd);
});

for (const [status, reason] of [[404, "Not Found"], [461, ""], [500, "Oops"]] as const) {
  Deno.test(`${status} ends it with the status and the server's words`, async () => {
    await onStage({ answers: { DESCRIBE: { status, reason } } }, async (stage) => {
      const error = await assertRejects(() => stage.open(), StatusError);
      assertEquals(error.message, `DESCRIBE was answered ${status} ${reason}`.trimEnd());
    });
  });
}

for (const status of [404, 405, 501]) {
  Deno.test(`${status} to OPTIONS is no obstacle`, async () => {
    const answers = { OPTIONS: { status } };
    await onStage({ answers, media: twoPictures }, playsToItsEnd);
  });
}

const SESSIONS: [value: string, id: string][] = [
  ["12345678", "12345678"],
  ["12345678;timeout=60", "12345678"],
  ["12345678; timeout=60", "12345678"],
  ["12345678 ;timeout = 60 ;x=y", "12345678"],
  ["12345678;timeout=soon", "12345678"],
  ["a+b-c.d_e$", "a+b-c.d_e$"],
];

for (const [value, id] of SESSIONS) {
  Deno.test(`of Session ${JSON.stringify(value)} the identifier alone is sent back`, async () => {
    const answers = always({ headers: { Session: value } });
    await onStage({ answers, media: twoPictures }, async (stage) => {
      await playsToItsEnd(stage);
      assertEquals(stage.server.asked("PLAY")[0]?.headers.get("Session"), id);
    });
  });
}

Deno.test("a session whose identifier changes goes on under the last one", async () => {
  const answers: Record<string, Answer> = {
    SETUP: { headers: { Session: "first" } },
    PLAY: { headers: { Session: "second" } },
  };
  await onStage({ answers, media: twoPictures }, async (stage) => {
    await playsToItsEnd(stage);
    const session = (method: string): string | undefined => {
      return stage.server.asked(method)[0]?.headers.get("Session");
    };
    assertEquals([session("PLAY"), session("TEARDOWN")], ["first", "second"]);
  });
});

Deno.test("a server that gives no session gets none back, and no TEARDOWN", async () => {
  const answers = always({ headers: { Session: undefined } });
  await onStage({ answers, media: twoPictures }, async (stage) => {
    const session = await stage.play();
    assertEquals(await stage.pass(session.ended), "complete");
    await session.close();
    assertEquals(stage.server.methods, ["OPTIONS", "DESCRIBE", "SETUP", "PLAY"]);
    assertEquals(stage.server.asked("PLAY")[0]?.headers.get("Session"), undefined);
  });
});

const RTP_INFO = [
  "url=rtsp://h/movie/track1;seq=1000;rtptime=50000",
  "url=track1;seq=0;rtptime=0",
  "url=rtsp://other/stream=7;seq=1;rtptime=1, url=x;seq=2",
  "seq=1000;rtptime=50000;",
  "nonsense",
  "url=;seq=99999999;rtptime=-1",
];

for (const value of RTP_INFO) {
  Deno.test(`RTP-Info ${JSON.stringify(value)} does no harm`, async () => {
    const answers = { PLAY: { headers: { "RTP-Info": value } } };
    await onStage({ answers, media: twoPictures }, playsToItsEnd);
  });
}

for (const value of ["npt=now-", "npt=0.025-", "clock=20260101T000000Z-", "gibberish", "npt=5-1"]) {
  Deno.test(`Range ${value} in the reply to PLAY does no harm`, async () => {
    const answers = { PLAY: { headers: { Range: value, Scale: "much" } } };
    await onStage({ answers, media: twoPictures }, playsToItsEnd);
  });
}

Deno.test("media that overtakes the reply to PLAY counts", async () => {
  const packets = packetsOf(TWO).flat();
  const early: Answer = async (_request, client) => {
    await client.rtp(...packets.slice(0, 5));
    return {};
  };
  const media = async (client: ScriptedConnection): Promise<void> => {
    await client.rtp(...packets.slice(5));
    await client.rtcp(goodbye());
  };
  await onStage({ answers: { PLAY: early }, media }, async (stage) => {
    await playsToItsEnd(stage);
    assertEquals(stage.viewer.packets.length, packets.length);
  });
});

Deno.test("blocks between any request and its reply are let through (trap 51)", async () => {
  const interrupting: Answer = async (_request, client) => {
    await client.send(interleave(0, packetsOf(TWO, { sequence: 40 })[0]![0]!));
    await client.send(interleave(1, goodbye(0xbad)));
    return {};
  };
  const answers = { DESCRIBE: interrupting, SETUP: interrupting, TEARDOWN: interrupting };
  await onStage({ answers, media: twoPictures }, playsToItsEnd);
});

Deno.test("after garbage in the connection the next whole thing is found", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    const [first, second] = packetsOf(TWO);
    await client.rtp(...first!);
    await client.send("\x01\x02 half a message without an end \xff");
    await client.rtp(...second!);
    await client.rtcp(goodbye());
  };
  await onStage({ media }, async (stage) => {
    await playsToItsEnd(stage);
    assertEquals(stage.viewer.codes, ["malformed-message", "resynchronised"]);
  });
});

Deno.test("a block whose length is a lie costs the pictures around it and nothing else", async () => {
  for (const lie of [-300, 300]) {
    const media = async (client: ScriptedConnection): Promise<void> => {
      const [first, second, third, fourth] = packetsOf(PICTURES);
      await client.rtp(...first!);
      const block = interleave(0, second![0]!);
      new DataView(block.buffer).setUint16(2, second![0]!.length + lie);
      await client.send(block);
      await client.rtp(...second!.slice(1), ...third!, ...fourth!);
      await client.rtcp(goodbye());
    };
    await onStage({ media }, async (stage) => {
      const session = await stage.play();
      assertEquals(await stage.pass(session.ended), "complete");
      const whole = stage.viewer.frames.map(({ damage }) => damage === undefined);
      assertEquals(whole, [true, false, true, true], `${lie} bytes off`);
    });
  }
});

Deno.test("damage now and then never ends a stream; nothing but damage does", async () => {
  const media = async (client: ScriptedConnection): Promise<void> => {
    const packets = packetsOf([...PICTURES, ...PICTURES, ...PICTURES]).flat();
    for (const [i, packet] of packets.entries()) {
      if (i % 2 === 0) await client.send("\x01");
      await client.rtp(packet);
    }
    await client.rtcp(goodbye());
  };
  await onStage({ media }, async (stage) => {
    const session = await stage.play();
    assertEquals(await stage.pass(session.ended), "complete");
    const damages = stage.viewer.codes.filter((code) => code === "malformed-message");
    assert(damages.length > 40, `${damages.length} damages`);
  });
  const nothingElse = async (client: ScriptedConnection): Promise<void> => {
    // Each looks like the start of a message, and none is one.
    for (let i = 0; i < 30; i++) await client.send("PLAY * RTSP/1.0\r\n: no name\r\n");
  };
  await onStage({ media: nothingElse }, async (stage) => {
    const session = await stage.play();
    await assertRejects(() => stage.pass(session.ended), Error, "words are no RTSP");
  });
});

function concat(text: string, bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...new TextEncoder().encode(text), ...bytes);
}

Deno.test("what is no RTSP from the first byte on is known at once", async () => {
  for (const exactly of ["HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n"]) {
    await onStage({ answers: { OPTIONS: { exactly } } }, async (stage) => {
      await assertRejects(() => stage.open(), ProtocolError, "the server's words are no RTSP");
    });
  }
});

Deno.test("a first reply may have 256 header fields, and more are no other protocol", async () => {
  const fields = (count: number): [string, string][] => {
    return Array.from({ length: count }, (_, i) => [`X-${i}`, "v"]);
  };
  await onStage(
    { answers: { OPTIONS: { headers: Object.fromEntries(fields(250)) } } },
    async (stage) => {
      await stage.open();
    },
  );
  await onStage(
    { answers: { OPTIONS: { headers: Object.fromEntries(fields(257)) } } },
    async (stage) => {
      await assertRejects(() => stage.open(), UnreadableReplyError, "More than 256 header fields");
    },
  );
});

Deno.test("the server's own keep-alives are answered, other requests refused, and all goes on", async () => {
  const asked = ["OPTIONS", "GET_PARAMETER", "ANNOUNCE", "REDIRECT"];
  const media = async (client: ScriptedConnection): Promise<void> => {
    const [first, second] = packetsOf(TWO);
    await client.rtp(...first!);
    for (const [i, method] of asked.entries()) {
      await client.send(`${method} * RTSP/1.0\r\nCSeq: ${50 + i}\r\n\r\n`);
    }
    await client.rtp(...second!);
    await client.rtcp(goodbye());
  };
  await onStage({ media }, async (stage) => {
    await playsToItsEnd(stage);
    const answers = stage.viewer.messages
      .filter(({ direction, status }) => direction === "out" && status !== undefined);
    const seen = answers.map(({ status, headers }) => [status, ...headers.map(String)]);
    assertEquals(seen, [
      [200, "CSeq,50"],
      [200, "CSeq,51"],
      [501, "CSeq,52"],
      [501, "CSeq,53"],
    ]);
  });
});

Deno.test("a request of the server's while a reply is awaited is not taken for the reply", async () => {
  const asking: Answer = async (_request, client) => {
    await client.send("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n");
    return {};
  };
  await onStage({ answers: { DESCRIBE: asking, PLAY: asking }, media: twoPictures }, playsToItsEnd);
});

Deno.test("a description that is none, or names no stream, is an error of the server's", async () => {
  const bodies: [body: string, message: string][] = [
    ["", "description"],
    ["<html>Hello</html>", "description"],
    ["v=0\r\ns=-\r\nt=0 0\r\n", "the session description names no stream"],
  ];
  for (const [body, message] of bodies) {
    await onStage({ answers: { DESCRIBE: { body } } }, async (stage) => {
      await assertRejects(() => stage.open(), ProtocolError, message);
    });
  }
});

Deno.test("two requests at a time get each its own reply", async () => {
  // The reply to GET_PARAMETER comes after that to PAUSE.
  const ok = (cseq: number): Uint8Array => {
    const headers = new HeaderList([["CSeq", String(cseq)]]);
    const status = cseq === 5 ? 200 : 455;
    return formatResponse({
      status,
      reason: "",
      version: "RTSP/1.0",
      headers,
      body: new Uint8Array(),
    });
  };
  const answers: Record<string, Answer> = {
    SETUP: { headers: { Session: "1;timeout=2" } },
    GET_PARAMETER: "silence",
    PAUSE: () => ({ exactly: concat("", Uint8Array.of(...ok(6), ...ok(5))) }),
  };
  await onStage({ answers }, async (stage) => {
    const session = await stage.play();
    await stage.clock.advance(1000);
    await stage.server.request("GET_PARAMETER");
    const error = await assertRejects(() => session.pause(), StatusError);
    assertEquals(error.status, 455);
  });
});
