/** One permission of Deno's, and what it is for. */
interface Permission {
  readonly flag: string;
  readonly why: string;
}

/** Environment variables rtspkit reads. */
const VARIABLES: readonly (readonly [name: string, why: string])[] = [
  ["NO_COLOR", "whether the person wants colour"],
  ["RTSPKIT_USER", "a name for servers that ask for one"],
  ["RTSPKIT_PASSWORD", "and its password, kept off the command line"],
  ["IMAGESCRIPT_WASM_SIMD", "imagescript asks for it when it decodes a JPEG"],
  ["DISPLAY", "whether there is a screen to show the player on"],
  ["WAYLAND_DISPLAY", "likewise"],
  ["TERM", "what the terminal can do, for those that do not say it when asked"],
  ["COLORTERM", "likewise"],
  ["TERM_PROGRAM", "likewise"],
];

/**
 * Everything rtspkit may do, from source and as a binary. What is not here does not work in it: it
 * starts no other program than the one that opens a page in the person's browser, asks the system no
 * questions, sees no other variable of the environment, and never stops to ask for more. Without native code it works too, at a lower speed: leave out
 * `--allow-ffi` where that matters more.
 */
export const PERMISSIONS: readonly Permission[] = [
  { flag: "--no-prompt", why: "what is not allowed fails at once, also without a terminal" },
  { flag: "--allow-net", why: "listens where it is told to, and sends where clients ask it to" },
  { flag: "--allow-read", why: "media folders are named on the command line" },
  { flag: "--allow-write", why: "so are --out and --stats" },
  {
    flag: "--allow-ffi",
    why:
      "on Linux, of the C library: many datagrams by one call, large receive buffers, sleep to the microsecond, less of the processor for compiling than for sending",
  },
  {
    flag: "--allow-run=xdg-open,open,explorer",
    why: "opens the player's page in the browser, on Linux, macOS and Windows",
  },
  {
    flag: `--allow-env=${VARIABLES.map(([name]) => name).join(",")}`,
    why: VARIABLES.map(([name, why]) => `${name}: ${why}`).join("; "),
  },
];

/** The permissions as arguments of `deno run` and `deno compile`. */
export const PERMISSION_FLAGS: readonly string[] = PERMISSIONS.map(({ flag }) => flag);
