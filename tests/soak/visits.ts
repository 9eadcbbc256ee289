import type { Seeded } from "../support/seeded.ts";
import { LightClient } from "./light_client.ts";
import type { Sink } from "./sink.ts";

/** What a visitor has to work with. */
export interface VisitContext {
  /** `rtsp://127.0.0.1:8554` */
  server: string;
  sink: Sink;
  random: Seeded;
  /** How long it stays, in ms. */
  stay: number;
  /** Waits; earlier when the soak ends. */
  wait: (milliseconds: number) => Promise<void>;
}

/** One way to be a client. */
export interface Manner {
  name: string;
  /** How many of all visits are like this one, against the other manners' shares. */
  share: number;
  /** Whether the visitor behaves well, so that all must go well for it. */
  polite: boolean;
  visit: (context: VisitContext) => Promise<void>;
}

/** Names in the served folder. */
export const CLIP = "movie.Mjpeg";
/** Of frames so large that the pipe to a client that reads nothing is soon full. */
export const BIG_CLIP = "big.Mjpeg";

/** ms between signs of life; the sessions' timeout must be longer. */
const KEEP_ALIVE_MS = 3000;

/** A session that plays. */
interface Playing {
  client: LightClient;
  session: string;
  /** Packets that came since it was last asked. */
  taken: () => number;
}

async function play(
  { server, sink, random }: VisitContext,
  transport: "udp" | "tcp",
  clip = CLIP,
): Promise<Playing> {
  const client = await LightClient.connect(`${server}/${clip}`);
  try {
    if (random.next() < 0.5) await client.ask("OPTIONS");
    await client.ask("DESCRIBE", ["Accept: application/sdp"]);
    const wanted = transport === "tcp"
      ? "RTP/AVP/TCP;unicast;interleaved=0-1"
      : `RTP/AVP;unicast;client_port=${sink.port}-${sink.port + 1}`;
    const { headers } = await client.ask("SETUP", [`Transport: ${wanted}`], `${client.url}/track1`);
    const session = `Session: ${headers.get("Session")!.split(";")[0]}`;
    const ssrc = parseInt(/ssrc=([0-9A-F]+)/i.exec(headers.get("Transport")!)?.[1] ?? "0", 16);
    await client.ask("PLAY", [session]);
    let blocks = 0;
    const taken = transport === "udp"
      ? (): number => sink.taken(ssrc)
      : (): number => client.blocks - blocks;
    blocks = client.blocks;
    return { client, session, taken };
  } catch (error) {
    client.close();
    throw error;
  }
}

function polite(transport: "udp" | "tcp"): Manner["visit"] {
  return async (context) => {
    const { client, session, taken } = await play(context, transport);
    try {
      for (let left = context.stay; left > 0; left -= KEEP_ALIVE_MS) {
        await context.wait(Math.min(left, KEEP_ALIVE_MS));
        const pauses = context.random.next() < 0.2;
        await client.ask(pauses ? "PAUSE" : "GET_PARAMETER", [session]);
        if (pauses) await client.ask("PLAY", [session]);
      }
      if (taken() === 0) throw new Error("No packet came");
      await client.ask("TEARDOWN", [session]);
    } finally {
      client.close();
    }
  };
}

function vanishing(transport: "udp" | "tcp"): Manner["visit"] {
  return async (context) => {
    const { client, taken } = await play(context, transport);
    await context.wait(Math.min(context.stay, KEEP_ALIVE_MS));
    client.close();
    taken();
  };
}

/** Keeps its connection and shows no other sign of life: its session must end without it. */
async function silent(context: VisitContext): Promise<void> {
  const { client, taken } = await play(context, "udp");
  await context.wait(context.stay);
  client.close();
  taken();
}

/** Has pictures sent over its connection, and takes none of them. */
async function deaf(context: VisitContext): Promise<void> {
  const url = `${context.server}/${BIG_CLIP}`;
  const { hostname, port } = new URL(url.replace(/^rtsp/, "http"));
  const connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    const say = (text: string): Promise<number> =>
      connection.write(new TextEncoder().encode(`${text}\r\n\r\n`));
    await say(
      `SETUP ${url}/track1 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1`,
    );
    const reply = new Uint8Array(1024);
    await connection.read(reply);
    const session = /Session: ([^;\r]+)/.exec(new TextDecoder().decode(reply))?.[1];
    await say(`PLAY ${url} RTSP/1.0\r\nCSeq: 2\r\nSession: ${session}`);
    await context.wait(context.stay);
  } finally {
    connection.close();
  }
}

async function halfRequest(context: VisitContext): Promise<void> {
  const client = await LightClient.connect(`${context.server}/${CLIP}`);
  const whole = `DESCRIBE ${client.url} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n`;
  await client.say(whole.slice(0, context.random.whole(0, whole.length)));
  await context.wait(context.stay);
  client.close();
}

async function babble(context: VisitContext): Promise<void> {
  const { random } = context;
  const client = await LightClient.connect(`${context.server}/${CLIP}`);
  const words = ["SETUP", " ", "rtsp://", "\r\n", "$\0\xff", "RTSP/1.0", "CSeq: 1", ":", "\n\n"];
  for (let i = random.whole(1, 20); i > 0; i--) {
    await client.say(Array.from({ length: random.whole(1, 30) }, () => random.one(words)).join(""));
    await context.wait(random.whole(0, 300));
  }
  client.close();
}

/** A course-lab client. @param tidy whether it says TEARDOWN */
function lab(tidy: boolean): Manner["visit"] {
  return async ({ server, sink, random, stay, wait }) => {
    const { hostname, port } = new URL(server.replace(/^rtsp/, "http"));
    const connection = await Deno.connect({ hostname, port: Number(port) });
    let session = "0";
    let cseq = 0;
    const press = async (button: string, third = `Session: ${session}`): Promise<void> => {
      const text = `${button} ${CLIP} RTSP/1.0\nCSeq: ${++cseq}\n${third}`;
      await connection.write(new TextEncoder().encode(text));
      const reply = new Uint8Array(1024);
      const count = await connection.read(reply);
      const said = new TextDecoder().decode(reply.subarray(0, count ?? 0));
      if (!/^RTSP\/1\.\d 200/.test(said)) throw new Error(`${button} was answered ${said}`);
      session = /Session: (\d+)/.exec(said)?.[1] ?? session;
    };
    try {
      await press("SETUP", `Transport: RTP/UDP; client_port= ${sink.port}`);
      await press("PLAY");
      await wait(stay);
      if (random.next() < 0.3) {
        await press("PAUSE");
        await press("PLAY");
      }
      if (tidy) await press("TEARDOWN");
    } finally {
      connection.close();
    }
  };
}

/** All of them. */
export const MANNERS: readonly Manner[] = [
  { name: "polite, UDP", share: 26, polite: true, visit: polite("udp") },
  { name: "polite, TCP", share: 20, polite: true, visit: polite("tcp") },
  { name: "polite, lab", share: 18, polite: true, visit: lab(true) },
  { name: "vanishing, UDP", share: 8, polite: false, visit: vanishing("udp") },
  { name: "vanishing, TCP", share: 8, polite: false, visit: vanishing("tcp") },
  { name: "vanishing, lab", share: 5, polite: false, visit: lab(false) },
  { name: "silent, UDP", share: 5, polite: false, visit: silent },
  { name: "never reading", share: 3, polite: false, visit: deaf },
  { name: "half a request", share: 4, polite: false, visit: halfRequest },
  { name: "babbling", share: 3, polite: false, visit: babble },
];
