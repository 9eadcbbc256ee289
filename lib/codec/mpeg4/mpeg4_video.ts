import { parseFmtpParameters } from "../../sdp/fmtp.ts";
import { configFromHex } from "../aac/audio_specific_config.ts";
import type {
  DecoderConfiguration,
  EmitUnit,
  FrameType,
  PayloadFacts,
  StreamFormat,
} from "../depacketizer.ts";
import type { MarkerFormat } from "../marker_units.ts";
import { joined } from "../nal/byte_stream.ts";
import type { UnitBuilder } from "../unit_builder.ts";

/** Start code values behind 00 00 01 (ISO/IEC 14496-2 table 6-3). */
const VISUAL_OBJECT_SEQUENCE = 0xb0;
const GROUP_OF_VOP = 0xb3;
const VOP = 0xb6;
const VIDEO_OBJECT_LAYER_FIRST = 0x20;
const VIDEO_OBJECT_LAYER_LAST = 0x2f;
const START_CODE_LENGTH = 4;
const CODING_TYPE_SHIFT = 6;
/** vop_coding_type; sprites count as what they are predicted like. */
const CODING_TYPES: readonly FrameType[] = ["I", "P", "B", "P"];

const NOTHING = new Uint8Array();

const NAMES: ReadonlyMap<number, string> = new Map([
  [VISUAL_OBJECT_SEQUENCE, "VOS"],
  [0xb2, "user data"],
  [GROUP_OF_VOP, "GOV"],
  [0xb5, "VO"],
  [VOP, "VOP"],
]);

/** MPEG-4 part 2 video (RFC 6416 section 5): the elementary stream cut over packets. */
export class Mpeg4VideoFormat implements MarkerFormat {
  readonly kind = "video";
  readonly seen = undefined;
  readonly configuration: DecoderConfiguration | undefined;

  constructor(fmtp = "") {
    const header = configFromHex(parseFmtpParameters(fmtp).get("config"));
    if (header !== undefined) this.configuration = { codec: "mpeg4-video", header };
  }

  begins(payload: Uint8Array): boolean {
    return startCodeAt(payload, 0) !== undefined;
  }

  finish(unit: UnitBuilder, pieces: readonly Uint8Array[], emit: EmitUnit): void {
    let facts = picture(pieces[0] ?? NOTHING);
    // Headers with user data may fill packets of their own.
    if (facts.frameType === undefined) facts = picture(joined(pieces));
    unit.describe({ parameterSets: facts.header });
    if (facts.frameType !== undefined) {
      unit.describe({ frameType: facts.frameType, keyFrame: facts.frameType === "I" });
    } else unit.damage("It begins with no picture");
    unit.finish(emit);
  }
}

/** What the description tells: `profile-level-id` is a number of its own. */
export function describedMpeg4Video(): StreamFormat {
  return { codec: "MPEG-4 Visual" };
}

/** What one payload holds: `"VOS VOP I 1200"`. */
export function describeMpeg4Video(payload: Uint8Array): PayloadFacts {
  const code = startCodeAt(payload, 0);
  const { frameType, header } = picture(payload);
  const name = code === undefined ? "continuation" : NAMES.get(code) ?? "header";
  const words = [name === "VOP" ? "" : name, frameType === undefined ? "" : `VOP ${frameType}`];
  return {
    text: [...words.filter((word) => word !== ""), payload.length].join(" "),
    fields: { start: code !== undefined, header, frameType: frameType ?? "" },
  };
}

/** What is in front of the first picture's data. */
function picture(bytes: Uint8Array): { frameType?: FrameType; header: boolean } {
  let header = false;
  for (let at = 0; at + START_CODE_LENGTH < bytes.length; at++) {
    const code = startCodeAt(bytes, at);
    if (code === undefined) continue;
    header ||= code >= VIDEO_OBJECT_LAYER_FIRST && code <= VIDEO_OBJECT_LAYER_LAST;
    if (code !== VOP) continue;
    const type = bytes[at + START_CODE_LENGTH]! >> CODING_TYPE_SHIFT;
    return { frameType: CODING_TYPES[type]!, header };
  }
  return { header };
}

function startCodeAt(bytes: Uint8Array, at: number): number | undefined {
  return bytes[at] === 0 && bytes[at + 1] === 0 && bytes[at + 2] === 1 ? bytes[at + 3] : undefined;
}
