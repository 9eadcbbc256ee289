/**
 * rtspkit: RTSP and RTP in one program. Reads the arguments, runs the one command they name, and
 * maps whatever it threw to one line on stderr and an exit status. The only place that exits.
 */
import { closestString } from "@std/text/closest-string";
import denoJson from "./deno.json" with { type: "json" };
import { COMMANDS, SUMMARIES } from "./cmd/commands.ts";
import type { Command } from "./cmd/command.ts";
import { EXIT, explain, UsageError } from "./cmd/exit_status.ts";
import { Terminal } from "./cmd/terminal.ts";

const OVERVIEW = `rtspkit ${denoJson.version}: RTSP and RTP for Motion-JPEG, in one program

Examples:
  rtspkit serve 5678
      serve the media files of ./media (or a built-in clip) on port 5678
  rtspkit play localhost 5678 6666 movie.Mjpeg --out frames/
      play movie.Mjpeg from there and write every frame to frames/
  rtspkit probe rtsp://192.0.2.7/stream1
      show what a camera sends, and what is wrong with it

Commands:
${Object.entries(SUMMARIES).map(([name, text]) => `  ${name.padEnd(8)} ${text}`).join("\n")}

rtspkit help COMMAND tells more of each. rtspkit --version prints the version.`;

async function main(args: string[]): Promise<number> {
  const terminal = new Terminal(args);
  endOnDefects(terminal);
  try {
    const status = await dispatch(args, terminal).catch((error) => {
      // A wait that the person's own Ctrl-C called off.
      if (terminal.signal.aborted && error === terminal.signal.reason) return EXIT.ok;
      throw error;
    });
    await terminal.flush();
    return status;
  } catch (error) {
    const { line, status } = explain(error);
    terminal.fail(line);
    return status;
  } finally {
    await terminal.close();
  }
}

/** What nobody caught is a defect, also when no command waits for it: it is told, and ends all. */
function endOnDefects(terminal: Terminal): void {
  const end = (event: Event, error: unknown): void => {
    event.preventDefault();
    terminal.fail(explain(error).line);
    terminal.close().finally(() => Deno.exit(EXIT.defect));
  };
  globalThis.addEventListener("error", (event) => end(event, event.error));
  globalThis.addEventListener("unhandledrejection", (event) => end(event, event.reason));
}

async function dispatch(args: string[], terminal: Terminal): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word === "--help" || word === "-h") return overview(terminal);
  if (word === "--version" || word === "-V") {
    terminal.out(`rtspkit ${denoJson.version}`);
    return EXIT.ok;
  }
  if (word === "help") {
    if (rest[0] === undefined) return overview(terminal);
    return await showHelp(await load(rest[0]), terminal);
  }
  const command = await load(word);
  const end = rest.indexOf("--");
  const beforeEnd = end < 0 ? rest : rest.slice(0, end);
  if (beforeEnd.includes("--help") || beforeEnd.includes("-h")) {
    return await showHelp(command, terminal);
  }
  return await command.run(rest, terminal);
}

function overview(terminal: Terminal): number {
  terminal.out(OVERVIEW);
  return EXIT.ok;
}

async function showHelp(command: Command, terminal: Terminal): Promise<number> {
  const { helpOf } = await import("./cmd/help.ts");
  terminal.out(helpOf(command));
  return EXIT.ok;
}

async function load(name: string): Promise<Command> {
  const loader = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (loader !== undefined) return await loader();
  const kind = name.startsWith("-") ? "flag" : "command";
  const known = kind === "flag" ? ["--help", "--version"] : [...Object.keys(COMMANDS), "help"];
  throw new UsageError(`unknown ${kind} ${name} (did you mean ${closestString(name, known)}?)`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
