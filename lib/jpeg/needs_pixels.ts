/**
 * A picture that cannot be re-coded in the coefficient domain. It may be in order otherwise: what
 * decodes it to pixels can encode these again.
 */
export class NeedsPixelsError extends Error {
  /** @param reason what is in the way, to stand behind a colon: `"arithmetic coding (SOF9)"` */
  constructor(readonly reason: string) {
    super(`This JPEG cannot be re-coded without its pixels: ${reason}`);
    this.name = "NeedsPixelsError";
  }
}
