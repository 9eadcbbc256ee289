/** A picture of a series: what comes before its number, and behind it. */
const NUMBERED = /^(.*?)(\d+)(\D*)\.(jpe?g|png)$/i;
const PICTURE = /\.(jpe?g|png)$/i;

/** Numbers in names count as numbers: `9.jpg` comes before `10.jpg`. */
const order = new Intl.Collator("en", { numeric: true });

/** The names of a folder's files that are pictures. */
export interface PictureNames {
  /** Of series of two and more, numbered alike: `frame-1.jpg`, `frame-2.jpg`; in natural order. */
  readonly numbered: string[];
  /** Pictures that stand alone. */
  readonly single: string[];
}

/** Whether a file of this name is taken for a picture. */
export function isPictureName(name: string): boolean {
  return PICTURE.test(name);
}

/** Tells the numbered pictures among `names` from the others; what is no picture is left out. */
export function sortPictures(names: readonly string[]): PictureNames {
  const series = new Map<string, string[]>();
  const single: string[] = [];
  for (const name of names) {
    const parts = NUMBERED.exec(name);
    if (parts === null) {
      if (isPictureName(name)) single.push(name);
      continue;
    }
    const key = `${parts[1]}\0${parts[3]}`.toLowerCase();
    const known = series.get(key);
    if (known === undefined) series.set(key, [name]);
    else known.push(name);
  }
  const numbered: string[] = [];
  for (const found of series.values()) {
    if (found.length > 1) numbered.push(...found);
    else single.push(...found);
  }
  return { numbered: numbered.sort(naturally), single };
}

function naturally(a: string, b: string): number {
  return order.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
