import type { Carrier, MediaLease, MediaProvider } from "../../stream/media_provider.ts";
import { FrameStore } from "../frame_store.ts";
import { CarriableSource } from "./carriable_source.ts";
import type { TranscodedFrame, Transcoder } from "./transcoder.ts";

/** Unless asked otherwise; to re-code a frame again takes much longer than to read it again. */
const TRANSCODED_BYTES = 64 * 1024 * 1024;

/** How long media stay open after their last viewer, in ms: DESCRIBE comes before SETUP. */
const LINGER_MS = 5000;
/** Lines about work remembered, so that each is told once. */
const MOST_TOLD = 1000;

/** What {@linkcode CarriableMedia} works with. */
export interface CarriableMediaOptions {
  transcoder: Transcoder;
  /** Bytes of transcoded frames kept in memory for all media together, default 64 MiB. */
  cacheBytes?: number;
  /** Told once for each medium and kind of work, in a line for people. */
  onWork?: (media: string, message: string) => void;
  /** How long media stay open after their last viewer, in ms, default 5 s. */
  lingerMs?: number;
}

/** Media as one carrier takes it, for one viewer or many. */
interface View {
  readonly source: CarriableSource;
  readonly lease: MediaLease;
  users: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

type Views = Map<object, View>;

/**
 * Media whose frames fit what carries them. Viewers of one medium share what was made for it; who
 * names no carrier gets the frames as they are.
 */
export class CarriableMedia implements MediaProvider {
  readonly #media: MediaProvider;
  readonly #options: CarriableMediaOptions;
  readonly #store: FrameStore;
  readonly #views: Readonly<Record<Carrier, Views>> = { rtp: new Map(), lab: new Map() };
  readonly #told = new Set<string>();
  #closed = false;

  /** @param media not closed with this */
  constructor(media: MediaProvider, options: CarriableMediaOptions) {
    this.#media = media;
    this.#options = options;
    this.#store = new FrameStore(options.cacheBytes ?? TRANSCODED_BYTES);
  }

  async open(name: string, carrier?: Carrier): Promise<MediaLease> {
    const lease = await this.#media.open(name, carrier);
    if (carrier === undefined || this.#closed) return lease;
    const views = this.#views[carrier];
    const origin = lease.origin ?? lease.source;
    let view = views.get(origin);
    // What is open is held by one lease for all.
    if (view !== undefined) lease.release();
    else views.set(origin, view = this.#view(lease, lease.name ?? name, carrier));
    return this.#hold(view, views, origin);
  }

  list(): Promise<string[]> {
    return this.#media.list();
  }

  /** Bytes of transcoded frames kept in memory. */
  get cachedBytes(): number {
    return this.#store.bytes;
  }

  /** Gives everything back and ends the transcoder's threads. */
  close(): void {
    this.#closed = true;
    for (const views of Object.values(this.#views)) {
      for (const [origin, view] of views) this.#drop(view, views, origin);
    }
    this.#options.transcoder.close();
  }

  #view(lease: MediaLease, name: string, carrier: Carrier): View {
    const { transcoder } = this.#options;
    const onWork = (frame: TranscodedFrame): void => this.#tell(name, frame);
    const options = { carrier, transcoder, store: this.#store, onWork };
    const source = new CarriableSource(lease.source, options);
    return { source, lease, users: 0, timer: undefined };
  }

  #hold(view: View, views: Views, origin: object): MediaLease {
    view.users++;
    clearTimeout(view.timer);
    let held = true;
    return {
      source: view.source,
      ...(view.lease.name === undefined ? {} : { name: view.lease.name }),
      origin,
      release: () => {
        if (!held) return;
        held = false;
        if (--view.users > 0) return;
        const { lingerMs = LINGER_MS } = this.#options;
        if (this.#closed || lingerMs === 0) return this.#drop(view, views, origin);
        view.timer = setTimeout(() => {
          if (view.users === 0) this.#drop(view, views, origin);
        }, lingerMs);
      },
    };
  }

  #drop(view: View, views: Views, origin: object): void {
    clearTimeout(view.timer);
    if (!views.delete(origin)) return;
    view.source.close();
    view.lease.release();
  }

  #tell(name: string, { steps, lossless }: TranscodedFrame): void {
    const message = [...steps, ...(lossless ? ["lossless"] : [])].join(", ");
    const key = `${name}\0${message}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    this.#options.onWork?.(name, message);
  }
}
