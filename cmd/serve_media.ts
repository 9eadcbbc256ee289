import { type Convert, ConvertedFeed } from "../lib/media/live/converted_feed.ts";
import { LiveHold } from "../lib/media/live/live_hold.ts";
import type { LiveSource } from "../lib/media/live/live_source.ts";
import { mediaPath } from "../lib/media/media_path.ts";
import type { PatternMedia } from "../lib/media/pattern/pattern_media.ts";
import { PATTERN_NAME } from "../lib/media/pattern/pattern_settings.ts";
import type { Carrier, MediaLease, MediaProvider } from "../lib/stream/media_provider.ts";

/** What a server offers. */
export interface ServedMediaOptions {
  files: MediaProvider;
  pattern: PatternMedia;
  /** By name. */
  live: ReadonlyMap<string, LiveSource>;
  /** Makes live pictures fit for a carrier; they are sent as they come when left out. */
  converterFor?: (carrier: Carrier) => Convert;
}

/** All that can be asked for: live sources by their names, the test pattern, and files. */
export class ServedMedia implements MediaProvider {
  readonly #converted = new Map<string, ConvertedFeed>();

  constructor(readonly options: ServedMediaOptions) {}

  async open(name: string, carrier?: Carrier): Promise<MediaLease> {
    const { files, pattern, live } = this.options;
    const question = name.indexOf("?");
    const path = question < 0 ? name : name.slice(0, question);
    const plain = mediaPath(path).join("/");
    const source = question < 0 ? live.get(plain) : undefined;
    if (source !== undefined) return await this.#openLive(source, carrier);
    if (plain === PATTERN_NAME) return pattern.open(question < 0 ? "" : name.slice(question + 1));
    return await files.open(name, carrier);
  }

  /** Without the test pattern, which nobody has put there. */
  async list(): Promise<string[]> {
    const { files, live } = this.options;
    return [...live.keys(), ...await files.list()];
  }

  async #openLive(source: LiveSource, carrier: Carrier | undefined): Promise<MediaLease> {
    const lease = await source.open();
    const convert = carrier && this.options.converterFor?.(carrier);
    if (convert === undefined) return lease;
    // What was converted for one is there for all.
    const key = `${carrier} ${source.name}`;
    let feed = this.#converted.get(key);
    if (feed === undefined) {
      feed = new ConvertedFeed(source, convert, (problem) => {
        source.report(`picture left out: ${problem}`);
      });
      this.#converted.set(key, feed);
    }
    return { ...lease, source: new LiveHold(feed) };
  }
}
