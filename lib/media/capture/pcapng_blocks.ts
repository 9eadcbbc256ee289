/**
 * What pcapng blocks have in common (draft-ietf-opsawg-pcapng, section 3.1). Numbers are in the byte
 * order of the section; a block is padded to 32 bits.
 *
 *                          1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                          Block Type                           |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Block Total Length                       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     :                          Block Body                           :
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                      Block Total Length                       |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
export const BLOCK_TYPE = {
  SECTION_HEADER: 0x0a0d0d0a,
  INTERFACE_DESCRIPTION: 1,
  /** Obsolete; older programs write it. */
  PACKET: 2,
  SIMPLE_PACKET: 3,
  INTERFACE_STATISTICS: 5,
  ENHANCED_PACKET: 6,
} as const;

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Block type and length at its beginning. */
export const BLOCK_HEAD_LENGTH = 8;
/** The length again, at its end. */
export const BLOCK_TAIL_LENGTH = 4;
export const MIN_BLOCK_LENGTH = BLOCK_HEAD_LENGTH + BLOCK_TAIL_LENGTH;
/** Most bytes of one block; Wireshark's own ceiling. */
export const MAX_BLOCK_LENGTH = 16 * 1024 * 1024;
export const PCAPNG_MAJOR_VERSION = 1;

/** Options (section 3.5): code, length, value padded to 32 bits. */
export const OPTION = {
  END: 0,
  COMMENT: 1,
  /** Of the section: the program that wrote it. */
  SHB_USERAPPL: 4,
  /** Of an interface. */
  IF_NAME: 2,
  IF_TSRESOL: 9,
  IF_TSOFFSET: 14,
  /** Of an interface's statistics: packets dropped for lack of resources. */
  ISB_IFDROP: 5,
  ISB_OSDROP: 7,
} as const;

/** Bytes up to the next multiple of four. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
