import { ByteWriter } from "../../bytes/writer.ts";
import { LINK_TYPE } from "./captured_frame.ts";
import {
  BLOCK_HEAD_LENGTH,
  BLOCK_TAIL_LENGTH,
  BLOCK_TYPE,
  BYTE_ORDER_MAGIC,
  OPTION,
  padded,
  PCAPNG_MAJOR_VERSION,
} from "./pcapng_blocks.ts";

const OPTION_HEAD_LENGTH = 4;
/** Times count nanoseconds: 10 to the minus 9. */
const TSRESOL_NANOSECONDS = 9;
const UNKNOWN_SECTION_LENGTH = 0xffff_ffff_ffff_ffffn;
const NANOSECONDS = 1_000_000_000n;
/** Most bytes of one option's value. */
const MAX_OPTION_LENGTH = 0xffff;

/** A packet to write. */
export interface WrittenFrame {
  /** Whole seconds since the Unix epoch. */
  seconds: number;
  /** 0 … 999,999,999 */
  nanoseconds: number;
  /** As on the link. */
  bytes: Uint8Array;
  /** Remarks that Wireshark shows with the packet. */
  comments?: readonly string[];
}

type Option = [code: number, value: Uint8Array];

/**
 * What a pcapng begins with: a section, and one Ethernet interface with times in nanoseconds
 * (draft-ietf-opsawg-pcapng, sections 4.1 and 4.2). Big-endian, as everything on the network.
 * @param application the program that writes
 */
export function formatPcapngHeader(application: string): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(128);
  writeBlock(
    writer,
    BLOCK_TYPE.SECTION_HEADER,
    16,
    [[OPTION.SHB_USERAPPL, utf8(application)]],
    () => {
      writer.u32(BYTE_ORDER_MAGIC).u16(PCAPNG_MAJOR_VERSION).u16(0).u64(UNKNOWN_SECTION_LENGTH);
    },
  );
  const options: Option[] = [
    [OPTION.IF_NAME, utf8(application)],
    [OPTION.IF_TSRESOL, Uint8Array.of(TSRESOL_NANOSECONDS)],
  ];
  writeBlock(writer, BLOCK_TYPE.INTERFACE_DESCRIPTION, 8, options, () => {
    writer.u16(LINK_TYPE.ETHERNET).u16(0).u32(0);
  });
  return writer.finish();
}

/** Appends a packet as an enhanced packet block (section 4.3). */
export function writePcapngFrame(writer: ByteWriter, frame: WrittenFrame): void {
  const { seconds, nanoseconds, bytes, comments = [] } = frame;
  const ticks = BigInt(seconds) * NANOSECONDS + BigInt(nanoseconds);
  const options = comments.map((text): Option => [OPTION.COMMENT, utf8(text)]);
  const bodyLength = 20 + padded(bytes.length);
  writeBlock(writer, BLOCK_TYPE.ENHANCED_PACKET, bodyLength, options, () => {
    writer.u32(0).u64(ticks).u32(bytes.length).u32(bytes.length).bytes(bytes);
    writer.zeros(padded(bytes.length) - bytes.length);
  });
}

/** @param bodyLength bytes that `body` writes, a multiple of 4 */
function writeBlock(
  writer: ByteWriter,
  type: number,
  bodyLength: number,
  options: readonly Option[],
  body: () => void,
): void {
  const optionsLength = options.length === 0
    ? 0
    : options.reduce((sum, [, value]) => sum + OPTION_HEAD_LENGTH + padded(value.length), 4);
  const length = BLOCK_HEAD_LENGTH + bodyLength + optionsLength + BLOCK_TAIL_LENGTH;
  writer.u32(type).u32(length);
  body();
  for (const [code, value] of options) {
    writer.u16(code).u16(value.length).bytes(value).zeros(padded(value.length) - value.length);
  }
  if (options.length > 0) writer.u16(OPTION.END).u16(0);
  writer.u32(length);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, MAX_OPTION_LENGTH);
}
