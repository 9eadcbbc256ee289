import { StatusError } from "../errors.ts";
import type { MatrixSession } from "./matrix_session.ts";
import type { Known, Trial, TrialOutcome } from "./row.ts";
import { STATUS } from "../../rtsp/statuses.ts";

/** How much longer than its timeout a session is watched, in ms: servers look only now and then. */
const MARGIN_MS = 6000;

/** Says that we are still there, or does not. */
type Sign = (session: MatrixSession, ssrc: number) => Promise<unknown> | void;

const SIGNS: readonly [name: string, method: string, sign: Sign][] = [
  ["nothing at all", "", () => {}],
  ["OPTIONS", "OPTIONS", (session) => session.ask("OPTIONS")],
  ["GET_PARAMETER", "GET_PARAMETER", (session) => session.ask("GET_PARAMETER")],
  ["SET_PARAMETER", "SET_PARAMETER", (session) => session.ask("SET_PARAMETER")],
  ["RTCP receiver reports alone", "", (session, ssrc) => session.report(ssrc)],
];

/** How long each takes, in ms. */
export function keepAliveWait({ sessionTimeout }: Known, margin = MARGIN_MS): number {
  return sessionTimeout + Math.max(margin, sessionTimeout / 4);
}

/** What keeps a session alive past its timeout, by sending nothing else. */
export function keepAliveTrials(known: Known, margin?: number): Trial[] {
  const wait = keepAliveWait(known, margin);
  return SIGNS.map(([name, method, sign]) => ({
    group: "keep-alive",
    name,
    shows: ["SETUP", ...(method === "" ? [] : [method]), "TEARDOWN"],
    waits: wait,
    run: async (attempt) => {
      const { clock, randomBytes } = attempt.options;
      const session = await attempt.open(known.transport!);
      await session.play();
      const ssrc = new DataView(randomBytes(4).buffer).getUint32(0);
      const from = clock.now();
      const every = known.sessionTimeout / 2;
      for (let next = every; session.lost === undefined; next += every) {
        const left = wait - (clock.now() - from);
        if (left <= 0 || await session.ended(Math.min(left, from + next - clock.now()))) break;
        if (clock.now() - from >= wait) break;
        const refusal = await refusalOf(sign(session, ssrc));
        if (refusal !== undefined) return { result: "no", detail: refusal };
      }
      return await stillThere(session, clock.now() - from, known);
    },
  }));
}

/** A server that answers a sign of life with an error may still take it for one; players do not. */
async function refusalOf(sent: Promise<unknown> | void): Promise<string | undefined> {
  try {
    await sent;
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.message;
  }
}

/** Whether the session is still there shows in what TEARDOWN is answered. */
async function stillThere(
  session: MatrixSession,
  after: number,
  { sessionTimeout, saidTimeout }: Known,
): Promise<TrialOutcome> {
  const when = `${(after / 1000).toFixed(1)} s after PLAY (the timeout is ${
    sessionTimeout / 1000
  } s${saidTimeout ? "" : ", as nothing else was said"})`;
  if (session.lost !== undefined) return { result: "no", detail: `${session.lost} ${when}` };
  try {
    await session.tearDown();
    return { result: "yes", detail: `the session was there ${when}` };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const gone = error.status === STATUS.SESSION_NOT_FOUND ? "the session was gone" : error.message;
    return { result: "no", detail: `${gone} ${when}` };
  }
}
