/** How much a finding matters: `--strict` fails on errors. */
export type FindingLevel = "info" | "warning" | "error";

/** What is known of a finding before it is found. */
export interface CatalogueEntry {
  level: FindingLevel;
  /** The cause in a few words, as a verdict begins with it. */
  title: string;
  /** The next thing to try, a sentence; absent where there is nothing to be done. */
  advice?: string;
  /** The section of the standard that it departs from, where it departs from one. */
  reference?: string;
  /**
   * What this may be a mere consequence of: found beside one of them, in the same stream, it is told
   * as evidence of that and not on its own.
   */
  follows?: readonly string[];
}
