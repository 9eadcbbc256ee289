import { BEL, OSC } from "./control_codes.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/**
 * Shows a JPEG file on the cells of a box by iTerm2's inline images
 * (https://iterm2.com/documentation-images.html); the terminal itself decodes and scales it.
 */
export function drawInlineImage(out: TerminalBytes, jpeg: Uint8Array, box: CellBox): void {
  out.moveTo(box.row, box.column);
  const size = `size=${jpeg.length};width=${box.columns};height=${box.rows}`;
  out.text(`${OSC}1337;File=inline=1;${size};preserveAspectRatio=0;doNotMoveCursor=1:`);
  out.text(jpeg.toBase64());
  out.text(BEL);
}
