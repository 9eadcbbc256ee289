import type { PictureSize } from "../../media/transcode/picture_size.ts";

/** A part of the screen, in character cells; rows and columns count from 0. */
export interface CellBox {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** Where terminals do not tell, a cell is about twice as high as wide. */
export const USUAL_CELL: PictureSize = { width: 8, height: 16 };

/**
 * The largest box of a picture's shape within another, in its middle.
 * @param picture pixels
 * @param cell pixels of a character cell
 */
export function fitWithin(area: CellBox, picture: PictureSize, cell: PictureSize): CellBox {
  const factor = Math.min(
    area.columns * cell.width / picture.width,
    area.rows * cell.height / picture.height,
  );
  const cells = (pixels: number, ofCell: number, most: number): number => {
    return Math.max(1, Math.min(most, Math.round(pixels * factor / ofCell)));
  };
  const columns = cells(picture.width, cell.width, area.columns);
  const rows = cells(picture.height, cell.height, area.rows);
  return {
    row: area.row + ((area.rows - rows) >> 1),
    column: area.column + ((area.columns - columns) >> 1),
    rows,
    columns,
  };
}

/** The size of the same shape with `most` pixels, or the size itself where it has no more. */
export function atMostPixels({ width, height }: PictureSize, most: number): PictureSize {
  const factor = Math.min(1, Math.sqrt(most / (width * height)));
  return {
    width: Math.max(1, Math.floor(width * factor)),
    height: Math.max(1, Math.floor(height * factor)),
  };
}
