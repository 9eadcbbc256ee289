/** Where a stream is shown. */
export type Screen = "web" | "term" | "none";

/** What decides where a stream is shown when the person does not say. */
export interface ScreenFacts {
  /** Whether a flag asks for something that needs no picture, such as `--out`. */
  headless: boolean;
  /** Whether a person sits at a terminal. */
  terminal: boolean;
  /** Whether there is a display that a browser could open on. */
  display: boolean;
}

/** Without a picture where one is not asked for or nobody would see it. */
export function defaultScreen({ headless, terminal, display }: ScreenFacts): Screen {
  if (headless || !terminal) return "none";
  return display ? "web" : "term";
}

/** Whether there is a display: always on macOS and Windows, elsewhere where its variables say so. */
export function hasDisplay(): boolean {
  if (Deno.build.os === "darwin" || Deno.build.os === "windows") return true;
  return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY");
}

/** What `--graphics` takes: how a picture gets onto the terminal; auto asks the terminal. */
export const GRAPHICS_CHOICES = ["auto", "kitty", "iterm", "sixel", "blocks"] as const;

export type GraphicsChoice = (typeof GRAPHICS_CHOICES)[number];

/** Whether stdout is a terminal that a picture can be drawn on. */
export function canDraw(): boolean {
  return Deno.stdout.isTerminal() && variable("TERM") !== "dumb";
}

function isSet(name: string): boolean {
  return (variable(name) ?? "") !== "";
}

/** A variable of the environment; undefined where there is none. */
export function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined; // we may not look: then there is none for us
  }
}
