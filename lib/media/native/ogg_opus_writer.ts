import type { AccessUnit } from "../../codec/depacketizer.ts";
import { OPUS_CLOCK_RATE } from "../../codec/opus/opus_format.ts";
import { timestampDelta } from "../../rtp/timestamp.ts";
import { AtomicFile } from "../atomic_file.ts";
import { join, type NativeWriter, UnitRefusedError } from "./native_writer.ts";
import { MAX_PAGE_PACKET, oggPage } from "./ogg_page.ts";

/** Any number does: one stream is all the file has. */
const SERIAL = 0x72747073;
const VENDOR = "rtspkit";
const STEREO_BIT = 0x04;
/** Longest hole that counts as time passed, in samples: 10 s. */
const MAX_HOLE = 10 * OPUS_CLOCK_RATE;

interface Held {
  packet: Uint8Array;
  granule: number;
}

/** Writes Opus packets as an Ogg file (RFC 7845), a page each; lost packets leave their time. */
export class OggOpusWriter implements NativeWriter {
  readonly #file: AtomicFile;
  /** Pages of packets. */
  #pages = 0;
  #sequence = 0;
  #granule = 0;
  #next: number | undefined;
  /** The last page says that it is the last, so one waits. */
  #held: Held | undefined;

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** @param path the file's name once it is whole */
  static async create(path: string): Promise<OggOpusWriter> {
    return new OggOpusWriter(await AtomicFile.create(path));
  }

  get units(): number {
    return this.#pages + (this.#held === undefined ? 0 : 1);
  }

  get bytes(): number {
    return this.#file.length;
  }

  async write(unit: AccessUnit): Promise<boolean> {
    if (unit.bytes === 0 || unit.damaged !== undefined || unit.duration === undefined) return false;
    if (unit.bytes > MAX_PAGE_PACKET) {
      throw new UnitRefusedError(`The packet has ${unit.bytes} bytes, more than an Ogg page holds`);
    }
    const packet = join(unit.data).slice();
    const hole = this.#next === undefined ? 0 : timestampDelta(unit.timestamp, this.#next);
    if (unit.lostBefore !== undefined && hole > 0 && hole <= MAX_HOLE) this.#granule += hole;
    this.#next = (unit.timestamp + unit.duration) >>> 0;
    this.#granule += unit.duration;
    const granule = this.#granule;
    if (this.#held !== undefined) await this.#page(this.#held, false);
    else await this.#headers((packet[0]! & STEREO_BIT) !== 0 ? 2 : 1);
    this.#held = { packet, granule };
    return true;
  }

  async commit(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    try {
      if (held !== undefined) await this.#page(held, true);
      else if (this.#pages === 0) await this.#headers(1);
    } finally {
      // On a full disk the last packet is missing, and with it the word that it is the last.
      await this.#file.commitWhole();
    }
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  async #page({ packet, granule }: Held, last: boolean): Promise<void> {
    const sequence = this.#sequence++;
    await this.#file.write(oggPage(packet, { last, granule, serial: SERIAL, sequence }));
    this.#pages++;
  }

  /** OpusHead and OpusTags (RFC 7845 section 5). */
  async #headers(channels: number): Promise<void> {
    const head = new Uint8Array(19);
    const view = new DataView(head.buffer);
    new TextEncoder().encodeInto("OpusHead", head);
    head[8] = 1;
    head[9] = channels;
    view.setUint32(12, OPUS_CLOCK_RATE, true);
    const tags = new Uint8Array(8 + 4 + VENDOR.length + 4);
    new TextEncoder().encodeInto("OpusTags", tags);
    new DataView(tags.buffer).setUint32(8, VENDOR.length, true);
    new TextEncoder().encodeInto(VENDOR, tags.subarray(12));
    const page = { granule: 0, serial: SERIAL };
    await this.#file.write(oggPage(head, { ...page, first: true, sequence: this.#sequence++ }));
    await this.#file.write(oggPage(tags, { ...page, sequence: this.#sequence++ }));
  }
}
