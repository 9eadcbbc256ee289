import type { Carrier } from "../../stream/media_provider.ts";
import { isFit } from "./fitness.ts";
import type { Transcoder } from "./transcoder.ts";

/**
 * What makes pictures fit for a carrier as they come: one that is fit passes as it is.
 * @returns a function that throws or rejects with `MalformedError` when a picture is damaged
 */
export function fitter(
  transcoder: Transcoder,
  carrier: Carrier,
): (jpeg: Uint8Array) => Uint8Array | Promise<Uint8Array> {
  return (jpeg) => {
    if (isFit(jpeg, carrier)) return jpeg;
    const { result } = transcoder.transcode({ load: () => jpeg, carrier, urgent: true });
    return result.then((frame) => frame?.jpeg ?? jpeg);
  };
}
