import { sleep } from "../../net/clock.ts";
import type { Attempt } from "./attempt.ts";
import type { MatrixSession } from "./matrix_session.ts";
import type { Known, Trial, TrialOutcome } from "./row.ts";
import type { TransportChoice } from "../rtsp/transport_choice.ts";

/** How long media is waited for after PLAY, in ms; less where the timeout is shorter. */
const MEDIA_MS = 3000;
/** How long packets are counted once they come, in ms. */
const COUNT_MS = 300;
/** Sessions that are opened at once. */
const SESSIONS = 5;

/** How long media is waited for. */
export function mediaWait({ options: { timeout } }: Attempt): number {
  return Math.min(MEDIA_MS, timeout / 2);
}

/** Which ways media come. @param found told of a way that works */
export function transportTrials(found: (transport: TransportChoice) => void): Trial[] {
  const names = { udp: "UDP", tcp: "TCP (interleaved)", multicast: "multicast" } as const;
  return (["udp", "tcp", "multicast"] as const).map((transport) => ({
    group: "transport",
    name: names[transport],
    shows: ["SETUP", "PLAY"],
    waits: COUNT_MS,
    run: async (attempt) => {
      const session = await attempt.open(transport);
      const outcome = await tryMedia(attempt, session);
      if (outcome.result === "yes") found(transport);
      return outcome;
    },
  }));
}

async function tryMedia(attempt: Attempt, session: MatrixSession): Promise<TrialOutcome> {
  const { clock } = attempt.options;
  const asked = clock.now();
  await session.play();
  const wait = mediaWait(attempt);
  if (!await session.arrived(1, wait)) return noMedia(session, wait);
  const first = clock.now() - asked;
  await sleep(clock, COUNT_MS, attempt.signal);
  const detail =
    `first packet ${first.toFixed(0)} ms after PLAY, ${session.packets} in the first ` +
    `${((clock.now() - asked) / 1000).toFixed(1)} s`;
  return { result: "yes", detail };
}

function noMedia({ lost, link }: MatrixSession, wait: number): TrialOutcome {
  const why = lost ?? `no packet came to ${link.main.transport.place} in ${wait / 1000} s`;
  return { result: "no", detail: `SETUP and PLAY were accepted, but ${why}` };
}

/** Whether several play at the same time. @param known told how many did */
export function sessionsTrial(known: Known): Trial {
  return {
    group: "sessions",
    name: `${SESSIONS} at the same time`,
    shows: ["SETUP", "PLAY"],
    run: async (attempt) => {
      const sessions: MatrixSession[] = [];
      let refusal = "";
      for (let i = 0; i < SESSIONS; i++) {
        try {
          const session = await attempt.open(known.transport!);
          await session.play();
          sessions.push(session);
        } catch (error) {
          attempt.signal.throwIfAborted();
          refusal = `, then ${(error as Error).message}`;
          break;
        }
      }
      const wait = mediaWait(attempt);
      const playing = (await Promise.all(sessions.map((session) => session.arrived(1, wait))))
        .filter((arrived) => arrived).length;
      known.sessions = Math.max(1, playing);
      const result = playing === SESSIONS ? "yes" : playing > 1 ? "partly" : "no";
      return { result, detail: `${playing} of ${SESSIONS} sessions got packets${refusal}` };
    },
  };
}

/** PAUSE, silence, PLAY, packets. */
export function pauseTrial({ transport }: Known): Trial {
  return {
    group: "pause",
    name: "PAUSE and resume",
    shows: ["PLAY", "PAUSE"],
    waits: 3 * COUNT_MS,
    run: async (attempt) => {
      const { clock } = attempt.options;
      const session = await attempt.open(transport!);
      const wait = mediaWait(attempt);
      await session.play();
      if (!await session.arrived(1, wait)) return noMedia(session, wait);
      await session.ask("PAUSE");
      // What was on its way may still come.
      await sleep(clock, COUNT_MS, attempt.signal);
      const before = session.packets;
      await sleep(clock, 2 * COUNT_MS, attempt.signal);
      const leaked = session.packets - before;
      await session.play([]);
      const resumed = await session.arrived(1, wait);
      if (leaked > 0) {
        const detail = `PAUSE was accepted, but packets went on: ${leaked} in ${2 * COUNT_MS} ms` +
          (resumed ? "" : ", and none came after the second PLAY");
        return { result: "partly", detail };
      }
      return resumed
        ? { result: "yes", detail: "packets stopped, and went on with the second PLAY" }
        : { result: "partly", detail: "packets stopped, but none came after the second PLAY" };
    },
  };
}
