/** Turns on and off what `style.ts` shows words with, and nothing else that a terminal obeys. */
const RENDITION = String.raw`\x1b\[(?:1|2|22|31|32|33|36|39)m`;
/**
 * C0 without the tab and the line's end, DEL, and C1 (ECMA-48, sections 5.2 and 5.3); what ends
 * lines otherwise, and what turns the direction of writing, so that a line reads as another.
 */
const CONTROL = String.raw`[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]`;

const CONTROLS = new RegExp(CONTROL, "g");
const CONTROLS_AND_RENDITIONS = new RegExp(`${RENDITION}|${CONTROL}`, "g");

/**
 * A line as it may be shown: what a peer or a file says may hold control sequences that move the
 * cursor, retitle the window or worse. They are written as `\u001b`, which JSON reads as the same.
 *
 * @param coloured whether bold, dim and colours stay
 */
export function printable(line: string, coloured: boolean): string {
  // Nearly every line has none.
  if (line.search(CONTROLS) < 0) return line;
  if (!coloured) return line.replace(CONTROLS, escaped);
  return line.replace(
    CONTROLS_AND_RENDITIONS,
    (found) => found.length > 1 ? found : escaped(found),
  );
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
