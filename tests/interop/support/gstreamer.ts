import { assertEquals } from "../../support/assert.ts";
import { gstreamer, pythonGi, type PythonPeer } from "../../support/peers.ts";
import { run } from "./child.ts";

/** What a receiving pipeline needs. */
export const GSTREAMER = gstreamer("rtspsrc", "rtpjpegdepay", "playbin", "jpegdec");
/** What our own Python scripts for GStreamer need. */
export const PYTHON_GST = pythonGi("Gst");

/** Warnings and errors of every element go to stderr; nothing else goes there. */
const WARNINGS = { GST_DEBUG: "2", GST_DEBUG_NO_COLOR: "1" };
/** The whole path of one of our scripts. */
export function peerScript(name: string): string {
  return new URL(`../peers/${name}`, import.meta.url).pathname;
}

/** Runs one of our scripts for GStreamer; it must warn of nothing. @returns its stdout */
export async function gstScript(
  python: PythonPeer,
  script: string,
  args: string[],
): Promise<string> {
  const command = [peerScript(script), ...args];
  const { code, stdout, stderr } = await run(python.path, command, { env: WARNINGS });
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  return stdout;
}
