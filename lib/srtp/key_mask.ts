/** What stands right before a key in SDP and in a KeyMgmt header. */
const BEFORE_KEY = /(?:inline:|key-mgmt:[a-z0-9-]{1,12} |data=")$/i;
/** The characters that it can end with: `:`, a blank, a quotation mark. */
const LAST_BEFORE_KEY: ReadonlySet<number> = new Set([0x3a, 0x20, 0x22]);
/** Characters looked back at most. */
const LOOK_BACK = 24;
const MASK = 0x2a;

/**
 * Writes asterisks over the master keys in bytes of an RTSP connection, for those who print and record
 * them: as many as there were characters, so that lengths stay true. A key may be cut in two by how the
 * bytes were read.
 */
export class KeyMask {
  #inKey = false;
  /** What came last. */
  #tail = "";

  /** @returns the bytes themselves where there is no key in them, else a copy */
  mask(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let out = bytes;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      this.#inKey &&= isBase64(byte);
      if (this.#inKey) {
        if (out === bytes) out = bytes.slice();
        out[i] = MASK;
      } else if (LAST_BEFORE_KEY.has(byte)) {
        this.#inKey = BEFORE_KEY.test(this.#lookBack(bytes, i + 1));
      }
    }
    this.#tail = this.#lookBack(bytes, bytes.length);
    return out;
  }

  #lookBack(bytes: Uint8Array, end: number): string {
    const here = String.fromCharCode(...bytes.subarray(Math.max(0, end - LOOK_BACK), end));
    return (this.#tail + here).slice(-LOOK_BACK);
  }
}

/** The same for a whole text. */
export function maskKeys(text: string): string {
  if (!/inline:|key-mgmt:|data="/i.test(text)) return text;
  const bytes = new TextEncoder().encode(text);
  return new TextDecoder().decode(new KeyMask().mask(bytes));
}

/** A letter, a digit, `+`, `/` or `=`. */
function isBase64(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x2f && byte <= 0x39) || byte === 0x2b || byte === 0x3d;
}
