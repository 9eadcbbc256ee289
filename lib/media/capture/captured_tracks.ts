import { MalformedError } from "../../bytes/malformed.ts";
import { staticPayloadType } from "../../rtp/payload_types.ts";
import { control, payloadTypes, rtpmapOf } from "../../sdp/attributes.ts";
import { parseSdp } from "../../sdp/parse.ts";
import type { MediaDescription } from "../../sdp/session_description.ts";

/** The streams of a session as its description names them. */
export class CapturedTracks {
  #media: { name: string; control: string; medium: MediaDescription }[] = [];
  #setUp = new Set<string>();

  /** @returns false when it cannot be read */
  describe(sdp: Uint8Array): boolean {
    try {
      const { media } = parseSdp(sdp);
      const met = new Map<string, number>();
      this.#media = media.map((medium) => {
        const number = (met.get(medium.type) ?? 0) + 1;
        met.set(medium.type, number);
        const name = number === 1 ? medium.type : `${medium.type} ${number}`;
        return { name, control: control(medium) ?? "", medium };
      });
      return true;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      return false;
    }
  }

  /** Encodings by payload type, in upper case. */
  *encodings(): Generator<[payloadType: number, encoding: string]> {
    for (const { medium } of this.#media) {
      for (const payloadType of payloadTypes(medium)) {
        const { encodingName } = rtpmapOf(medium, payloadType) ??
          staticPayloadType(payloadType) ?? {};
        if (encodingName !== undefined) yield [payloadType, encodingName.toUpperCase()];
      }
    }
  }

  /** What the stream is called that SETUP names: as described, else by its number. */
  setUp(uri: string): string {
    const path = uri.replace(/\/+$/, "");
    const described = this.#media.find(({ control }) => {
      return control !== "" && path.endsWith(control.replace(/\/+$/, ""));
    });
    const name = described?.name ?? this.#media[this.#setUp.size]?.name ?? `stream at ${path}`;
    this.#setUp.add(name);
    return name;
  }

  /** Streams that have been set up. */
  get count(): number {
    return this.#setUp.size;
  }
}
