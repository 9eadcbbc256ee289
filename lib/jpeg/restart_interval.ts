import { type BaselinePicture, mcuGrid, verticalFactor } from "./baseline_picture.ts";
import type { JpegInfo } from "./inspect.ts";

const BLOCK_SIDE = 8;
/** The field of DRI, and of the restart header of RFC 2435. */
const MOST_RESTART_INTERVAL = 0xffff;

/**
 * The restart interval for MCUs of another shape: so many that markers come after as many pixels as
 * in the first scan of the source, whole rows of MCUs where they were whole rows.
 *
 * @returns MCUs; 0 when the source has no restart markers
 */
export function targetRestartInterval(
  info: JpegInfo,
  target: Pick<BaselinePicture, "width" | "height" | "subsampling">,
): number {
  const { restartInterval } = info;
  if (restartInterval === 0) return 0;
  const from = firstScanMcu(info);
  const to = { width: 2 * BLOCK_SIDE, height: BLOCK_SIDE * verticalFactor(target.subsampling) };
  const across = Math.ceil(info.width / from.width);
  const interval = restartInterval % across === 0
    ? mcuGrid(target).across *
      Math.max(1, Math.round(restartInterval / across * from.height / to.height))
    : Math.round(restartInterval * from.width * from.height / (to.width * to.height));
  return Math.min(Math.max(interval, 1), MOST_RESTART_INTERVAL);
}

/** Pixels that an MCU of the first scan covers. */
function firstScanMcu({ components, scanComponents }: JpegInfo): { width: number; height: number } {
  const horizontal = Math.max(...components.map((component) => component.horizontal));
  const vertical = Math.max(...components.map((component) => component.vertical));
  const [first] = scanComponents;
  const alone = scanComponents.length === 1 && components.find(({ id }) => id === first!.id);
  const share = alone || { horizontal: 1, vertical: 1 };
  return {
    width: BLOCK_SIDE * horizontal / share.horizontal,
    height: BLOCK_SIDE * vertical / share.vertical,
  };
}
