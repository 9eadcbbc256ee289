import type { CellBox } from "./fit.ts";

/** The terminal's size in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** Which row each line has, and what is left for the picture. Where room is short, lines go. */
export interface Layout {
  readonly picture: CellBox;
  readonly title: number | undefined;
  readonly progress: number | undefined;
  readonly status: number | undefined;
  readonly keys: number | undefined;
}

/** Rows from which on each line has a place. */
const TITLE_FROM = 12;
const PROGRESS_FROM = 9;
const KEYS_FROM = 6;
const STATUS_FROM = 3;

export function layoutOf({ columns, rows }: ScreenSize): Layout {
  let bottom = rows;
  const below = (least: number): number | undefined => rows >= least ? --bottom : undefined;
  const keys = below(KEYS_FROM);
  const status = below(STATUS_FROM);
  const progress = below(PROGRESS_FROM);
  const title = rows >= TITLE_FROM ? 0 : undefined;
  const top = title === undefined ? 0 : 1;
  const picture = { row: top, column: 0, rows: Math.max(1, bottom - top), columns };
  return { picture, title, progress, status, keys };
}
