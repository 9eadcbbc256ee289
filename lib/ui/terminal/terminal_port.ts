import type { Conversation } from "./capabilities.ts";
import type { ScreenSize } from "./layout.ts";

/** A terminal in raw mode, or what plays one in tests. */
export interface TerminalPort extends Conversation {
  /** @param take is given the keys, first those pressed before anybody took any @returns what ends it */
  listenToKeys(take: (key: string) => void): () => void;
  size(): ScreenSize;
  /** @param take is called when the size is another @returns what ends it */
  onResize(take: () => void): () => void;
  /** Resolves when nobody is there any more: the terminal was closed. */
  readonly gone: Promise<void>;
}
