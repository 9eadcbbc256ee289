import type { SendTrouble } from "../../lib/net/frame_sender.ts";

/** Of a receiver that all is to reach. */
export const NO_TROUBLE: SendTrouble = {
  failed(error): never {
    throw error;
  },
  declined(): never {
    throw new Error("a frame was declined");
  },
};
