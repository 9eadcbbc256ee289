import { MediaUnavailableError } from "../../stream/media_provider.ts";
import { SharedSource } from "../shared_source.ts";
import { parsePatternQuery, PATTERN_NAME, patternKey } from "./pattern_settings.ts";
import { type PatternClock, PatternSource } from "./pattern_source.ts";

/** Different patterns that may be open at once: each takes some megabytes. */
export const MOST_PATTERNS = 16;

/** A pattern that somebody watches. */
interface OpenPattern {
  readonly source: PatternSource;
  users: number;
}

/** The test patterns of a server: one source for all who ask for the same one. */
export class PatternMedia {
  readonly #open = new Map<string, OpenPattern>();

  constructor(readonly clock: PatternClock) {}

  /** Patterns open now. */
  get openCount(): number {
    return this.#open.size;
  }

  /**
   * Opens a pattern for one more user.
   * @param query what stands behind the `?` of its URL; empty for the usual one
   * @throws {MediaRequestError} when the query makes no sense
   * @throws {MediaUnavailableError} when {@linkcode MOST_PATTERNS} others are open
   */
  open(query: string): SharedSource {
    const settings = parsePatternQuery(query);
    const key = patternKey(settings);
    let pattern = this.#open.get(key);
    if (pattern === undefined) {
      if (this.#open.size >= MOST_PATTERNS) {
        throw new MediaUnavailableError(
          PATTERN_NAME,
          `${MOST_PATTERNS} other patterns are being watched`,
        );
      }
      pattern = { source: new PatternSource(settings, this.clock), users: 0 };
      this.#open.set(key, pattern);
    }
    pattern.users++;
    const held = pattern;
    return new SharedSource(held.source, {
      name: query === "" ? PATTERN_NAME : `${PATTERN_NAME}?${query}`,
      size: 0,
      onRelease: () => {
        if (--held.users > 0) return;
        this.#open.delete(key);
        held.source.close();
      },
    });
  }
}
