/** The program that opens a URL in the person's browser, by system. */
const OPENERS: Partial<Record<typeof Deno.build.os, string>> = {
  darwin: "open",
  windows: "explorer",
};
const OTHER_OPENER = "xdg-open";

/** Opens a URL in the person's browser. @returns whether that could be begun */
export function openBrowser(url: string): boolean {
  try {
    const child = new Deno.Command(OPENERS[Deno.build.os] ?? OTHER_OPENER, {
      args: [url],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    // The program ends without waiting for the browser.
    child.unref();
    return true;
  } catch {
    return false; // not installed, or not allowed: the URL is printed anyway
  }
}
