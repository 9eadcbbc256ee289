import { LabConnection, type LabConnectionOptions } from "./connection.ts";

/** What stands where a request names its file; `*` would make it one of standard RTSP. */
const NO_FILE = "files";
/** Names kept of what a server lists. */
const MOST_NAMES = 500;

/**
 * Asks a server for the files it offers, as the extended exercises' client does: GETLIST, answered
 * by one line of names with blanks between them. Most lab servers do not know it and say nothing.
 * @returns undefined when it knows no such list
 * @throws {UnreachableError} when there is no server, or it says nothing in time
 * @throws {ProtocolError} when what it says is no lab reply
 */
export async function listLabFiles(
  hostname: string,
  port: number,
  options: LabConnectionOptions,
): Promise<string[] | undefined> {
  const connection = await LabConnection.open(hostname, port, options);
  try {
    const { status, lines } = await connection.request("GETLIST", NO_FILE);
    if (status !== 200) return undefined;
    const names = lines.join(" ").split(/\s+/).filter((name) => name !== "");
    return names.slice(0, MOST_NAMES);
  } finally {
    connection.close();
  }
}
