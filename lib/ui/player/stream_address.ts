import { formatUrl, parseUrl, type RtspUrl, withoutCredentials } from "../../rtsp/url.ts";

/** The stream a player is about, as it was named. */
export type StreamTarget =
  | { form: "lab"; hostname: string; port: number; rtpPort: number; file: string }
  | { form: "url"; url: RtspUrl };

export type DialectChoice = "auto" | "rtsp" | "lab";
export type TransportChoice = "auto" | "udp" | "tcp" | "multicast";

const DIALECTS: readonly string[] = ["auto", "rtsp", "lab"];
const TRANSPORTS: readonly string[] = ["auto", "udp", "tcp", "multicast"];

/** A stream and how to reach it: what the launch form asks for. */
export interface StreamAddress {
  target: StreamTarget;
  dialect: DialectChoice;
  transport: TransportChoice;
}

/** The launch form's fields, as typed; a URL stands in `address` alone. Never a password. */
export interface AddressForm {
  address: string;
  port: string;
  rtpPort: string;
  file: string;
  dialect: string;
  transport: string;
}

/** A field of the form holds what cannot be used; the message is for the person who typed it. */
export class AddressError extends Error {
  constructor(readonly field: keyof AddressForm, message: string) {
    super(message);
    this.name = "AddressError";
  }
}

/**
 * Reads the launch form.
 * @throws {AddressError} naming the field and what would do
 */
export function parseAddressForm(form: AddressForm): StreamAddress {
  const dialect = DIALECTS.includes(form.dialect) ? form.dialect as DialectChoice : "auto";
  const transport = TRANSPORTS.includes(form.transport)
    ? form.transport as TransportChoice
    : "auto";
  return { target: parseTarget(form), dialect, transport };
}

function parseTarget(form: AddressForm): StreamTarget {
  const address = form.address.trim();
  if (address === "") {
    throw new AddressError("address", "Name the server: an address like 192.0.2.7, or a URL.");
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return { form: "url", url: parseFormUrl(address) };
  if (/[\s/]/.test(address)) {
    throw new AddressError("address", "The address is one word, like localhost or 192.0.2.7.");
  }
  const file = form.file.trim();
  if (file === "") throw new AddressError("file", "Name the file, like movie.Mjpeg.");
  return {
    form: "lab",
    hostname: address.replace(/^\[(.*)\]$/, "$1"),
    port: parsePort("port", "server port", form.port, 1),
    rtpPort: parsePort("rtpPort", "RTP port", form.rtpPort || "0", 0),
    file,
  };
}

function parseFormUrl(text: string): RtspUrl {
  let url: RtspUrl;
  try {
    url = parseUrl(text);
  } catch (error) {
    throw new AddressError("address", `That URL cannot be read: ${(error as Error).message}`);
  }
  if (url.scheme !== "rtspu") return url;
  throw new AddressError("address", "rtspu:// is RTSP over UDP, which nobody speaks; use rtsp://");
}

function parsePort(
  field: "port" | "rtpPort",
  name: string,
  value: string,
  least: number,
): number {
  const text = value.trim();
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= least && port <= 65_535) return port;
  const zero = least === 0 ? "; 0 takes any free one" : "";
  throw new AddressError(field, `The ${name} is a number from ${least} to 65535${zero}.`);
}

/** The form's fields that name a stream, without a password. */
export function addressForm({ target, dialect, transport }: StreamAddress): AddressForm {
  const choices = { dialect, transport };
  if (target.form === "url") {
    const address = formatUrl(withoutCredentials(target.url));
    return { address, port: "", rtpPort: "", file: "", ...choices };
  }
  const { hostname, port, rtpPort, file } = target;
  return { address: hostname, port: String(port), rtpPort: String(rtpPort), file, ...choices };
}

/** The stream's name in a few words, without a password. */
export function streamName({ target }: StreamAddress): string {
  if (target.form === "url") return formatUrl(withoutCredentials(target.url));
  return `${target.hostname}:${target.port}/${target.file}`;
}

/** What a person would type for the same; names and passwords are left out. */
export function commandLine({ target, dialect, transport }: StreamAddress): string {
  const words = target.form === "url"
    ? [formatUrl(withoutCredentials(target.url))]
    : [target.hostname, String(target.port), String(target.rtpPort), target.file];
  const flags = [
    ...(dialect === "auto" ? [] : ["--dialect", dialect]),
    ...(transport === "auto" ? [] : ["--transport", transport]),
  ];
  return ["rtspkit", "play", ...words, ...flags].map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./[\]-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
