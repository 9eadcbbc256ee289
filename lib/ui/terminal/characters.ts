import type { RgbaPicture } from "../../jpeg/planes.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** From dark to light on a dark screen; each covers more of its cell than the one before. */
export const RAMP = " .:-=+*#%@";

/** Of ITU-R BT.601, as in JFIF. */
const RED_SHARE = 0.299, GREEN_SHARE = 0.587, BLUE_SHARE = 0.114;
const FULL = 255;

/** Pictures of plain characters, for those who want no colour: one pixel a character. */
export function drawCharacters(out: TerminalBytes, picture: RgbaPicture, box: CellBox): void {
  const { width, data } = picture;
  for (let row = 0; row < box.rows; row++) {
    out.moveTo(box.row + row, box.column);
    for (let column = 0; column < box.columns; column++) {
      const at = 4 * (row * width + column);
      const light = RED_SHARE * data[at]! + GREEN_SHARE * data[at + 1]! +
        BLUE_SHARE * data[at + 2]!;
      const place = Math.min(RAMP.length - 1, Math.floor(light * RAMP.length / FULL));
      out.byte(RAMP.charCodeAt(place));
    }
  }
}
