import type { ShownFrame } from "../player/snapshot.ts";

/**
 * A picture on its way to a page.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   kind = 1    |    player     |           reserved            |
 * |                            serial                             |
 * |                         frame number                          |
 * |                         RTP timestamp                         |
 * |           arrival, ms since the Unix epoch (float64)          |
 * |                                                               |
 * |                            JPEG …                             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
const HEADER_LENGTH = 24;
const KIND_FRAME = 1;
/** Of a page's answer: kind, player, two reserved bytes, serial. */
const ACKNOWLEDGEMENT_LENGTH = 8;
const KIND_DRAWN = 2;

export function formatFrame(player: number, frame: ShownFrame): Uint8Array<ArrayBuffer> {
  const { jpeg, serial, number, timestamp, arrivedAt } = frame;
  const bytes = new Uint8Array(HEADER_LENGTH + jpeg.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, KIND_FRAME);
  view.setUint8(1, player);
  view.setUint32(4, serial);
  view.setUint32(8, number);
  view.setUint32(12, timestamp);
  view.setFloat64(16, arrivedAt);
  bytes.set(jpeg, HEADER_LENGTH);
  return bytes;
}

/** What a page says once it has drawn a picture; undefined when it is something else. */
export function parseDrawn(data: ArrayBuffer): { player: number; serial: number } | undefined {
  if (data.byteLength !== ACKNOWLEDGEMENT_LENGTH) return undefined;
  const view = new DataView(data);
  if (view.getUint8(0) !== KIND_DRAWN) return undefined;
  return { player: view.getUint8(1), serial: view.getUint32(4) };
}
