const LEVEL_1B = 9;
const LEVEL_11 = 11;
const CONSTRAINT_SET0 = 0x80;
const CONSTRAINT_SET1 = 0x40;
const CONSTRAINT_SET3 = 0x10;
const CONSTRAINT_SET4 = 0x08;
const CONSTRAINT_SET5 = 0x04;
const TENTHS = 10;

const PROFILES: ReadonlyMap<number, string> = new Map([
  [44, "CAVLC 4:4:4 Intra"],
  [66, "Baseline"],
  [77, "Main"],
  [83, "Scalable Baseline"],
  [86, "Scalable High"],
  [88, "Extended"],
  [100, "High"],
  [110, "High 10"],
  [118, "Multiview High"],
  [122, "High 4:2:2"],
  [128, "Stereo High"],
  [244, "High 4:4:4 Predictive"],
]);

/**
 * A profile by its name (ITU-T H.264 annex A); `"profile 99"` for one without.
 * @param constraints constraint_set0_flag in the highest bit, and so on
 */
export function h264Profile(profileIdc: number, constraints: number): string {
  const name = PROFILES.get(profileIdc) ?? `profile ${profileIdc}`;
  if (profileIdc === 66 && (constraints & CONSTRAINT_SET1) !== 0) return "Constrained Baseline";
  if (profileIdc === 88 && (constraints & CONSTRAINT_SET0) !== 0) return "Baseline";
  if (profileIdc === 100 && (constraints & CONSTRAINT_SET4) !== 0) {
    return (constraints & CONSTRAINT_SET5) === 0 ? "Progressive High" : "Constrained High";
  }
  if ((profileIdc === 110 || profileIdc === 122) && (constraints & CONSTRAINT_SET3) !== 0) {
    return `${name} Intra`;
  }
  return name;
}

/** A level by its name, `"4.1"`, `"1b"` (section A.3). */
export function h264Level(profileIdc: number, constraints: number, levelIdc: number): string {
  const early = profileIdc === 66 || profileIdc === 77 || profileIdc === 88;
  if (levelIdc === LEVEL_1B) return "1b";
  if (early && levelIdc === LEVEL_11 && (constraints & CONSTRAINT_SET3) !== 0) return "1b";
  return (levelIdc / TENTHS).toFixed(1);
}
