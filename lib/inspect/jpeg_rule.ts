import { MalformedError } from "../bytes/malformed.ts";
import { decodeCoefficients } from "../jpeg/decode_coefficients.ts";
import { NeedsPixelsError } from "../jpeg/needs_pixels.ts";
import type { JpegPayload } from "../jpeg/rtp_payload.ts";
import type { ReceivedFrame } from "../stream/received_frame.ts";
import { type Finding, finding, type FindingCode } from "./finding.ts";
import type { InspectedPacket, StreamFacts, StreamRule } from "./rule.ts";
import { Examples } from "./words.ts";

/** Q of tables that come with every frame. */
const Q_EVERY_FRAME = 255;
const Q_IN_BAND = 128;
const MOST_COMPUTED_Q = 99;
/** Two tables of 64 entries of 8 bits. */
const TWO_TABLES = 128;
/** Types 0 and 1, and the same with restart markers. */
const KNOWN_TYPES: ReadonlySet<number> = new Set([0, 1, 64, 65]);
/** Whole pictures that are kept and decoded to see whether they can be. */
const MOST_DECODED = 2;

/** What the headers of RFC 2435 leave out or get wrong, and pictures that do not fit them. */
export class JpegRule implements StreamRule {
  #tables = new Examples();
  /** Whether all that is wrong with tables is that they do not come with every frame. */
  #onlyOnce = true;
  #types = new Examples();
  #sizes = new Examples();
  #scans = new Examples();
  #known = new Set<number>();
  readonly #pictures: { jpeg: Uint8Array; number: number }[] = [];

  packet({ jpeg, packet }: InspectedPacket): void {
    if (jpeg === undefined || jpeg.fragmentOffset !== 0) return;
    const { type, width, height } = jpeg;
    if (!KNOWN_TYPES.has(type)) this.#types.add(() => `sequence ${packet.sequence}: type ${type}`);
    if (width === 0 || height === 0) {
      this.#sizes.add(() => `sequence ${packet.sequence}: ${width}x${height}`);
    }
    const problem = this.#tableProblem(jpeg);
    if (problem !== undefined) this.#tables.add(() => `sequence ${packet.sequence}: ${problem}`);
  }

  frame({ jpeg }: ReceivedFrame, number: number): void {
    if (jpeg === undefined || this.#pictures.length >= MOST_DECODED) return;
    this.#pictures.push({ jpeg, number });
  }

  conclude({ payload, described }: StreamFacts): Finding[] {
    if (payload !== "rfc2435") return [];
    this.#decode();
    const findings: Finding[] = [];
    const tell = (code: FindingCode, { count, text }: Examples, message: string): void => {
      if (count > 0) findings.push(finding(code, message, text));
    };
    if (this.#tables.count > 0) findings.push(this.#wrongTables());
    tell("jpeg-type", this.#types, "The type is none that RFC 2435 or anybody has defined");
    if (described?.size === undefined) {
      tell("jpeg-size", this.#sizes, "The size is 0, and no a=x-dimensions tells it");
    }
    tell("jpeg-scan", this.#scans, "Pictures cannot be decoded although every packet came");
    return findings;
  }

  /** Only at the end: it takes longer than packets wait. */
  #decode(): void {
    for (const { jpeg, number } of this.#pictures.splice(0)) {
      try {
        decodeCoefficients(jpeg);
      } catch (error) {
        if (error instanceof NeedsPixelsError) continue;
        if (!(error instanceof MalformedError)) throw error;
        this.#scans.add(() => `frame ${number}: ${error.message}`);
      }
    }
  }

  #wrongTables(): Finding {
    const message = this.#onlyOnce
      ? "Quantization tables do not come with every frame: GStreamer and gortsplib show nothing, " +
        "live555 and VLC wrong colours"
      : "The quantization tables that pictures are decoded with are missing or not of the size " +
        "they should have";
    const parts = this.#onlyOnce ? { level: "warning" as const } : {};
    return finding("jpeg-tables", message, this.#tables.text, parts);
  }

  #tableProblem({ q, quantization }: JpegPayload): string | undefined {
    if (q < Q_IN_BAND) {
      if (q >= 1 && q <= MOST_COMPUTED_Q) return undefined;
      this.#onlyOnce = false;
      return `Q ${q} is reserved`;
    }
    const length = quantization?.tables.length ?? 0;
    if (length === 0 && this.#known.has(q) && q !== Q_EVERY_FRAME) return `Q ${q} and Length 0`;
    this.#known.add(q);
    const least = TWO_TABLES;
    if (length >= least) return undefined;
    this.#onlyOnce = false;
    return `Q ${q} and ${length} bytes of tables, not ${least}`;
  }
}
