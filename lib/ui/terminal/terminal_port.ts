import type { Conversation } from "./capabilities.ts";
import type { ScreenSize } from "./layout.ts";

/** A terminal in raw mode, or what plays one in tests. */
export interface TerminalPort extends Conversation {
  size(): ScreenSize;
  /** @param take is called when the size is another @returns what ends it */
  onResize(take: () => void): () => void;
  /** Resolves when nobody is there any more: the terminal was closed. */
  readonly gone: Promise<void>;
}
