import { formatUrl, resolveControl, type RtspUrl, withoutCredentials } from "../../rtsp/url.ts";

/**
 * What control names are relative to (RFC 2326, appendix C.1.1): Content-Base or Content-Location
 * where the reply states one, else the URL itself.
 *
 * Tolerances: no scheme (Anjvision), the scheme twice (catalinii/minisatip#18), a path alone. Host
 * and port are taken as stated, also where they lead nowhere: requests go over our connection
 * anyway, and every player sends back what it was told.
 *
 * @param stated the header's value, undefined where there is none
 * @param url what DESCRIBE named
 */
export function baseUrl(stated: string | undefined, url: RtspUrl): string {
  const own = formatUrl(withoutCredentials(url));
  const base = (stated?.trim() ?? "").replace(/^(?:rtsps?:\/\/)+(?=rtsps?:\/\/)/i, "");
  if (base === "") return own;
  if (/^rtsps?:\/\//i.test(base)) return base.replace(/^([^/]*\/\/)[^/]*@/, "$1");
  if (base.startsWith("//")) return `${url.scheme}:${base}`;
  if (beginsWithHost(base, url.host)) return `${url.scheme}://${base}`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(base)) return own;
  return resolveControl(own, base, "resolve");
}

/**
 * What requests about a stream name: its control name, resolved. Blanks and control characters, which
 * no request line has room for, are escaped: servers that put a file's name into it forget that.
 */
export function controlUrl(base: string, name: string | undefined): string {
  return resolveControl(base, name).replace(UNSENDABLE, (characters) => {
    const bytes = new TextEncoder().encode(characters);
    return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  });
}

// deno-lint-ignore no-control-regex
const UNSENDABLE = /[\u0000-\u0020\u007f-\u009f]+/g;

/** Whether it begins with our server's name, with an address, or with a name and a port. */
function beginsWithHost(base: string, host: string): boolean {
  const first = base.split("/")[0]!;
  return first.toLowerCase() === host.toLowerCase() || /^\[.*\]/.test(first) ||
    /^\d+\.\d+\.\d+\.\d+(?::\d+)?$/.test(first) || /^[^:]+:\d+$/.test(first);
}
