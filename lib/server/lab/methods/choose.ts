import type { LabHandler } from "../exchange.ts";
import { statusOfOpenError } from "./setup.ts";

/** The most characters the line of names may have: lab clients read a reply 1,024 bytes at a time. */
const NAMES_LIMIT = 900;

/**
 * The names of the media, blanks between them, as the fourth line: the extended exercises' client
 * splits it there, so a name with a blank in it is left out. A new SETUP may follow, as one of them
 * sends it.
 */
export const switchMedia: LabHandler = async (conversation) => {
  const names = await conversation.context.media.list();
  conversation.allowSetupAgain();
  return { status: 200, lines: [lineOfNames(names)], withoutFrames: true };
};

/** As many names as fit; a client that reads half a reply takes the rest for another one. */
function lineOfNames(names: string[]): string {
  let line = "";
  for (const name of names) {
    if (/\s/.test(name)) continue;
    const longer = line === "" ? name : `${line} ${name}`;
    if (new TextEncoder().encode(longer).length > NAMES_LIMIT) break;
    line = longer;
  }
  return line;
}

/** The session goes on with another file, from its first frame. */
export const choose: LabHandler = async (conversation, request) => {
  try {
    const lease = await conversation.context.media.open(request.file, "lab");
    conversation.changeFile(request.file, lease);
    return { status: 200 };
  } catch (error) {
    return { status: statusOfOpenError(error, conversation.warn) };
  }
};
