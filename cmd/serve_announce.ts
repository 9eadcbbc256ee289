import { MediaLibrary } from "../lib/media/library.ts";
import { PATTERN_NAME } from "../lib/media/pattern/pattern_settings.ts";
import { hostPort } from "../lib/net/address.ts";
import { BUILT_IN_MEDIA } from "./built_in.ts";
import type { CommandContext } from "./command.ts";
import type { ServeFlags } from "./serve_flags.ts";
import type { ServeSettings } from "./serve_settings.ts";
import { originName, type SourceSetting } from "./serve_source_settings.ts";
import { jsonLine } from "./server_log.ts";

/** What is served, as those are told who may ask for it. */
export interface Announcement extends ServeSettings {
  sources: readonly SourceSetting[];
  /** The dashboard's address; undefined for none. */
  ui?: string;
}

const SRTP_WITH_TLS = "Media is encrypted (SRTP), each viewer's with a key of its own";
const SRTP_WITHOUT_TLS = "Media is encrypted (SRTP), but its keys are sent in the clear: whoever " +
  "records the connection can watch (--tls-cert or --tls-self-signed prevents that)";

/** Files that are tried before none is proposed to be played. */
const MOST_TRIED = 5;

/** Says what can be asked for, once connections are accepted. */
export async function announce(
  port: number,
  served: Announcement,
  flags: ServeFlags,
  context: CommandContext,
): Promise<void> {
  const { root, host = "localhost", certificate, access } = served;
  const media = new MediaLibrary({ root, builtIn: BUILT_IN_MEDIA });
  try {
    const names = await media.list();
    tell(port, names, served, flags, context);
    // Lab clients speak neither of TLS nor of SRTP nor of passwords.
    if (certificate !== undefined || access !== undefined || flags.srtp) return;
    const name = await firstPlayable(media, names.slice(0, MOST_TRIED));
    if (name !== undefined) context.talk(`Play one: rtspkit play ${host} ${port} 6666 ${name}`);
  } finally {
    await media.close();
  }
}

function tell(
  port: number,
  names: readonly string[],
  { root, host = "localhost", certificate, fingerprint, sources, ui }: Announcement,
  flags: ServeFlags,
  context: CommandContext,
): void {
  const scheme = certificate === undefined ? "rtsp" : "rtsps";
  const urlOf = (name: string): string => {
    const path = name.split("/").map(encodeURIComponent).join("/");
    return `${scheme}://${hostPort(host, port)}/${path}`;
  };
  const urls = [...names, ...sources.map(({ name }) => name)].map(urlOf);
  if (flags.json) {
    const more = { ...(ui && { ui }), ...(fingerprint && { fingerprint }) };
    context.out(jsonLine({ event: "ready", port, urls, ...more }, context.clock));
  } else for (const url of urls) context.out(url);
  context.talk(`Serving ${names.length} file(s) of ${root} on port ${port}. Ctrl-C ends it.`);
  if (flags.impair !== undefined) context.talk(`Impaired on purpose: ${flags.impair}`);
  if (flags.srtp) context.talk(scheme === "rtsps" ? SRTP_WITH_TLS : SRTP_WITHOUT_TLS);
  if (fingerprint !== undefined) {
    context.talk(`Self-signed, for trying: rtspkit play URL --tls-fingerprint ${fingerprint}`);
  }
  if (ui !== undefined) context.talk(`Dashboard: ${ui}`);
  for (const { name, origin } of sources) context.talk(`Live: ${name} from ${originName(origin)}`);
  context.talk(`A test pattern: ${urlOf(PATTERN_NAME)} (…?size=1280x720&rate=50&pattern=dot)`);
}

/** The first of them that can be served; whoever asks for another is told what is wrong with it. */
async function firstPlayable(
  media: MediaLibrary,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    try {
      (await media.open(name)).release();
      return name;
    } catch {
      // The next one, then.
    }
  }
  return undefined;
}
