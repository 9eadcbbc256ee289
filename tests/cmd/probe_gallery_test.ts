import type { CommandContext } from "../../cmd/command.ts";
import { explain } from "../../cmd/exit_status.ts";
import { probe } from "../../cmd/probe.ts";
import { systemClock } from "../../lib/net/clock.ts";
import { assertEquals } from "../support/assert.ts";
import { SERVER_FAULTS, type ServerFault, withFault } from "../support/faulty_servers.ts";

interface Event {
  event: string;
  code?: string;
  level?: string;
  message?: string;
  evidence?: string;
}

/** What probe told, and how it ended. */
async function probed(url: string, flags: string[]): Promise<{ events: Event[]; status: number }> {
  const events: Event[] = [];
  const context: CommandContext = {
    out: (line) => events.push(JSON.parse(line)),
    talk: () => {},
    progress: () => {},
    neverWait: () => {},
    colour: false,
    signal: new AbortController().signal,
    clock: systemClock,
  };
  const args = [url, "--json", "--quiet-packets", "--dialect", "rtsp", ...flags];
  try {
    return { events, status: await probe.run(args, context) };
  } catch (error) {
    return { events, status: explain(error).status };
  }
}

function told(events: readonly Event[]): string {
  return events.filter(({ event }) => event === "finding" || event === "verdict")
    .map(({ event, level, code, message, evidence }) => {
      return `${event} ${level} ${code}: ${message} | ${evidence}`;
    }).join("\n");
}

async function check(fault: ServerFault, url: string): Promise<void> {
  const { code, level, flags = [], info = [] } = fault;
  const { events, status } = await probed(url, flags);
  const words = told(events);
  const verdicts = events.filter(({ event }) => event === "verdict");
  assertEquals(verdicts.map(({ code, level }) => [code, level]), [[code, level]], words);
  const findings = events.filter(({ event }) => event === "finding");
  const expected = code === "healthy" ? [] : [`${level} ${code}`];
  assertEquals(
    findings.map(({ code, level }) => `${level} ${code}`),
    [...expected, ...info.map((code) => `info ${code}`)],
    words,
  );
  assertEquals(status, fault.status);
}

for (const fault of SERVER_FAULTS) {
  Deno.test(`${fault.fault}: ${fault.code} and nothing else`, async () => {
    await withFault(fault, (url) => check(fault, url));
  });
}
