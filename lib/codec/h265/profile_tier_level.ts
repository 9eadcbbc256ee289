import type { BitReader } from "../bit_reader.ts";

/** Bits of a sub-layer's profile, without its level. */
const PROFILE_BITS = 88;
const LEVEL_BITS = 8;
/** Bits between the profile and the level that are not read. */
const CONSTRAINT_BITS = 48;
const COMPATIBILITY_BITS = 32;
/** Sub-layers that the flags make room for when there is more than one. */
const FLAGGED_SUB_LAYERS = 8;
const LEVEL_UNIT = 30;

/** General profile, tier and level (ITU-T H.265 section 7.3.3). */
export interface ProfileTierLevel {
  profileIdc: number;
  /** Whether it is the high tier. */
  highTier: boolean;
  /** 30 times the level's number. */
  levelIdc: number;
}

const PROFILES: ReadonlyMap<number, string> = new Map([
  [1, "Main"],
  [2, "Main 10"],
  [3, "Main Still Picture"],
  [4, "Format Range Extensions"],
  [5, "High Throughput"],
  [6, "Multiview Main"],
  [7, "Scalable Main"],
  [8, "3D Main"],
  [9, "Screen-Extended Main"],
  [10, "Scalable Format Range Extensions"],
  [11, "High Throughput Screen-Extended"],
]);

/**
 * Reads profile_tier_level(1, maxSubLayersMinus1).
 * @throws {MalformedError} when it ends too soon
 */
export function readProfileTierLevel(
  reader: BitReader,
  maxSubLayersMinus1: number,
): ProfileTierLevel {
  reader.skip(2); // general_profile_space
  const highTier = reader.flag();
  const profileIdc = reader.u(5);
  reader.skip(COMPATIBILITY_BITS + CONSTRAINT_BITS);
  const levelIdc = reader.u(8);
  const present = Array.from({ length: maxSubLayersMinus1 }, () => {
    return { profile: reader.flag(), level: reader.flag() };
  });
  if (maxSubLayersMinus1 > 0) reader.skip(2 * (FLAGGED_SUB_LAYERS - maxSubLayersMinus1));
  for (const { profile, level } of present) {
    reader.skip((profile ? PROFILE_BITS : 0) + (level ? LEVEL_BITS : 0));
  }
  return { profileIdc, highTier, levelIdc };
}

/** A profile by its name (annex A); `"profile 99"` for one without. */
export function h265Profile(profileIdc: number): string {
  return PROFILES.get(profileIdc) ?? `profile ${profileIdc}`;
}

/** A level by its name, `"4.1"`, with its tier where that is the high one. */
export function h265Level(levelIdc: number, highTier: boolean): string {
  return `${(levelIdc / LEVEL_UNIT).toFixed(1)}${highTier ? " High tier" : ""}`;
}
