import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Whether two texts are the same, in a time that tells nothing about where they differ or how
 * long the secret one is.
 */
export function constantTimeEqual(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(text: string): Uint8Array {
  return createHash("sha256").update(text, "utf8").digest();
}
