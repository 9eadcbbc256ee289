import { assertEquals } from "../../support/assert.ts";
import { gstreamer, pythonGi, type PythonPeer } from "../../support/peers.ts";
import { run } from "./child.ts";

/** What a receiving pipeline needs. */
export const GSTREAMER = gstreamer("rtspsrc", "rtpjpegdepay", "multifilesink", "jpegdec");
/** What our own Python scripts for GStreamer need. */
export const PYTHON_GST = pythonGi("Gst");

/** Warnings and errors of every element go to stderr; no registry is looked at on the way. */
const WARNINGS = { GST_DEBUG: "2", GST_DEBUG_NO_COLOR: "1" };
/** rtspsrc interrupts its own PAUSE in order to send TEARDOWN, and warns of that. */
const OWN_INTERRUPTION = /WARN +rtspsrc .*(receive|PAUSE) interrupted$/;

/** The whole path of one of our scripts. */
export function peerScript(name: string): string {
  return new URL(`../peers/${name}`, import.meta.url).pathname;
}

/** Runs a pipeline with gst-launch to its end; it must warn of nothing. */
export async function gstLaunch(pipeline: string[]): Promise<void> {
  const { code, stdout, stderr } = await run("gst-launch-1.0", ["-q", ...pipeline], {
    env: WARNINGS,
  });
  assertEquals({ code, stdout, warnings: warnings(stderr) }, { code: 0, stdout: "", warnings: [] });
}

/** Runs one of our scripts for GStreamer; it must warn of nothing. @returns its stdout */
export async function gstScript(
  python: PythonPeer,
  script: string,
  args: string[],
): Promise<string> {
  const command = [peerScript(script), ...args];
  const { code, stdout, stderr } = await run(python.path, command, { env: WARNINGS });
  assertEquals({ code, warnings: warnings(stderr) }, { code: 0, warnings: [] }, stdout);
  return stdout;
}

function warnings(stderr: string): string[] {
  const lines = stderr.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && !OWN_INTERRUPTION.test(line));
}
