import type {
  DialectChoice,
  StreamAddress,
  TransportChoice,
} from "../lib/ui/player/stream_address.ts";
import { UsageError } from "./exit_status.ts";
import { parseTarget } from "./target.ts";

/** Streams beside each other at most. */
const MOST_STREAMS = 16;

/** The streams a command line names: several URLs, one stream in either form, or none. */
export function parseAddresses(
  words: string[],
  { dialect = "auto", transport = "auto" }: {
    dialect: string | undefined;
    transport: string | undefined;
  },
): StreamAddress[] {
  const choices = {
    dialect: dialect as DialectChoice,
    transport: transport as TransportChoice,
  };
  if (words.length === 0) return [];
  const areUrls = words.every((word) => /^rtspu?s?:\/\//i.test(word));
  if (!areUrls || words.length === 1) return [{ target: parseTarget(words), ...choices }];
  if (words.length > MOST_STREAMS) {
    throw new UsageError(`${words.length} streams are too many to show, at most ${MOST_STREAMS}`);
  }
  return words.map((word) => ({ target: parseTarget([word]), ...choices }));
}
