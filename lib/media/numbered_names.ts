const NUMBER_DIGITS = 6;

/** Names that differ in a number of six digits, or more where it takes more: `frame-000001.jpg`. */
export interface NumberedNames {
  /** The folder they are in. */
  folder: string;
  /** What stands before the number. */
  prefix: string;
  /** What stands behind it. */
  suffix: string;
}

/** The name with a number, without its folder. */
export function numberedName(
  { prefix, suffix }: Pick<NumberedNames, "prefix" | "suffix">,
  number: number,
): string {
  return `${prefix}${String(number).padStart(NUMBER_DIGITS, "0")}${suffix}`;
}

/** The path with a number. */
export function numberedPath(names: NumberedNames, number: number): string {
  return `${names.folder}/${numberedName(names, number)}`;
}

/** The numbers that are taken, in order; none where there is no such folder. */
export async function takenNumbers(names: NumberedNames): Promise<number[]> {
  const { folder, prefix, suffix } = names;
  const numbers: number[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.startsWith(prefix) || !name.endsWith(suffix)) continue;
      const digits = name.slice(prefix.length, name.length - suffix.length);
      if (!/^\d{6,15}$/.test(digits)) continue;
      const number = Number(digits);
      // Not what has zeros more than it would be written with.
      if (numberedName(names, number) === name) numbers.push(number);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return numbers.sort((a, b) => a - b);
}

/** The highest number that is taken; 0 where none is. */
export async function highestNumber(names: NumberedNames): Promise<number> {
  return (await takenNumbers(names)).at(-1) ?? 0;
}
