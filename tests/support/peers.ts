// Programs of others that a test runs. Where one is missing the test says so in its name and is
// skipped, so that the suite is green on any machine; a machine that promises to have them all sets
// RTSPKIT_REQUIRE_PEERS, and there a missing one is a failing test.
import { fail } from "./assert.ts";

/** Something a test needs of the machine it runs on. */
export interface Peer {
  /** How a person calls it. */
  readonly name: string;
  /** Why it cannot be used, in a few words; undefined when it can. */
  readonly missing: string | undefined;
}

/** A program somewhere on `PATH`. */
export function program(name: string): Peer {
  return { name, missing: findProgram(name) === undefined ? `no ${name} on PATH` : undefined };
}

/** The whole path of a program on `PATH`. */
export function findProgram(name: string): string | undefined {
  return findPrograms(name)[0];
}

function findPrograms(name: string): string[] {
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((folder) => folder !== "");
  return folders.map((folder) => `${folder}/${name}`).filter(isFile);
}

/** GStreamer with these elements. */
export function gstreamer(...elements: string[]): Peer {
  const name = "GStreamer";
  const inspect = findProgram("gst-inspect-1.0");
  if (inspect === undefined || findProgram("gst-launch-1.0") === undefined) {
    return { name, missing: "no gst-launch-1.0 on PATH" };
  }
  const absent = elements.filter((element) => !succeeds(inspect, ["--exists", element]));
  return { name, missing: absent.length > 0 ? `GStreamer lacks ${absent.join(", ")}` : undefined };
}

/** A Python that can use these GObject introspection modules. */
export interface PythonPeer extends Peer {
  /** Its path; of several on `PATH` (pyenv, conda, the system's) the first that has them all. */
  readonly path: string;
}

/** Python with GStreamer's bindings: GObject introspection modules of version 1.0. */
export function pythonGi(...modules: string[]): PythonPeer {
  const name = "python3-gi";
  const pythons = findPrograms("python3");
  const code = ["import gi"].concat(
    modules.map((module) =>
      `gi.require_version("${module}", "1.0"); from gi.repository import ${module}`
    ),
  ).join("\n");
  const path = pythons.find((python) => succeeds(python, ["-c", code]));
  if (path !== undefined) return { name, path, missing: undefined };
  const what = pythons.length === 0 ? "python3 on" : `python3 with gi and ${modules.join(", ")} on`;
  return { name, path: "python3", missing: `no ${what} PATH` };
}

/** Leave to record what passes over the loopback interface, and tshark to read it. */
export function packetCapture(): Peer {
  const name = "tshark";
  const dumpcap = findProgram("dumpcap");
  if (dumpcap === undefined || findProgram("tshark") === undefined) {
    return { name, missing: "no tshark on PATH" };
  }
  const allowed = succeeds(dumpcap, ["-L", "-i", "lo"]);
  return { name, missing: allowed ? undefined : "no leave to capture on lo" };
}

/** A network that takes multicast. */
export async function multicastRoute(): Promise<Peer> {
  const name = "multicast";
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
  try {
    // Nobody listens there (RFC 2365, section 6.1); only whether the system knows a way counts.
    await socket.send(new Uint8Array(1), { transport: "udp", hostname: "239.255.255.1", port: 9 });
    return { name, missing: undefined };
  } catch {
    return { name, missing: "no route for multicast" };
  } finally {
    socket.close();
  }
}

/** To be the superuser, who may run programs as somebody else. */
export function superuser(): Peer {
  return { name: "superuser", missing: Deno.uid() === 0 ? undefined : "not the superuser" };
}

/** A test that needs peers: skipped where one is missing, or failing where all are promised. */
export function peerTest(name: string, peers: Peer[], fn: () => Promise<void>): void {
  const missing = peers.flatMap((peer) => peer.missing ?? []);
  if (missing.length === 0) return Deno.test(name, fn);
  const reason = missing.join("; ");
  if ((Deno.env.get("RTSPKIT_REQUIRE_PEERS") ?? "") === "") {
    return Deno.test({ name: `${name} (skipped: ${reason})`, ignore: true, fn });
  }
  Deno.test(name, () => fail(`RTSPKIT_REQUIRE_PEERS is set and a peer is missing: ${reason}`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function succeeds(path: string, args: string[]): boolean {
  return new Deno.Command(path, { args, stdout: "null", stderr: "null" }).outputSync().success;
}
