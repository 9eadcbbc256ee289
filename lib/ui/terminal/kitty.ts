import type { RgbaPicture } from "../../jpeg/planes.ts";
import { APC, ST } from "./control_codes.ts";
import type { CellBox } from "./fit.ts";
import type { TerminalBytes } from "./terminal_bytes.ts";

/** Most base64 characters of one escape sequence (Kitty graphics protocol, "direct"). */
export const CHUNK = 4096;
/** The picture on show and the one before take turns, so that there is never none. */
const IMAGES = [7101, 7102] as const;

/**
 * Pictures by Kitty's graphics protocol
 * (https://sw.kovidgoyal.net/kitty/graphics-protocol/), as red, green and blue bytes.
 */
export class KittyPictures {
  #turn = 0;
  #rgb = new Uint8Array();

  /** Shows a picture of any size on the cells of a box, in place of the one before. */
  draw(out: TerminalBytes, picture: RgbaPicture, box: CellBox): void {
    const { width, height } = picture;
    const text = this.#rgbOf(picture).toBase64();
    const image = IMAGES[this.#turn]!;
    this.#turn = 1 - this.#turn;
    out.moveTo(box.row, box.column);
    for (let at = 0; at < text.length; at += CHUNK) {
      const more = at + CHUNK < text.length ? 1 : 0;
      // a=T: send and show; C=1: the cursor stays; q=2: no answer, as frames are many.
      const keys = at === 0
        ? `a=T,f=24,i=${image},p=1,s=${width},v=${height},c=${box.columns},r=${box.rows},C=1,q=2,`
        : "";
      out.text(`${APC}G${keys}m=${more};`);
      out.text(text.slice(at, at + CHUNK));
      out.text(ST);
    }
    remove(out, IMAGES[this.#turn]!);
  }

  /** Takes the pictures away, and their memory. */
  erase(out: TerminalBytes): void {
    for (const image of IMAGES) remove(out, image);
  }

  #rgbOf({ width, height, data }: RgbaPicture): Uint8Array {
    const length = 3 * width * height;
    if (this.#rgb.length !== length) this.#rgb = new Uint8Array(length);
    const rgb = this.#rgb;
    for (let from = 0, to = 0; to < length; from += 4, to += 3) {
      rgb[to] = data[from]!;
      rgb[to + 1] = data[from + 1]!;
      rgb[to + 2] = data[from + 2]!;
    }
    return rgb;
  }
}

function remove(out: TerminalBytes, image: number): void {
  out.text(`${APC}Ga=d,d=I,i=${image},q=2${ST}`);
}
