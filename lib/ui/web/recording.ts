import type { PlayerControl } from "../player/player_control.ts";

/** Bytes that may wait for a browser that writes slowly before pictures are left out. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/**
 * What is shown from now on as a download: every complete picture, untouched, one behind the other.
 * It ends with the page's wish, with the browser's, or with the player.
 */
export class Recording {
  /** Pictures written. */
  frames = 0;
  readonly response: Response;
  #end: () => void = () => {};

  /** @param onEnd told how many pictures it has, once it has ended */
  constructor(player: PlayerControl, name: string, onEnd: (frames: number) => void) {
    let waiting: ReadableStreamDefaultController<Uint8Array>;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        waiting = controller;
      },
      cancel: () => ended(),
    }, { highWaterMark: MOST_WAITING_BYTES, size: (chunk) => chunk!.length });
    const unlisten = player.listen({
      frame: ({ jpeg }) => {
        if ((waiting.desiredSize ?? 0) <= 0) return;
        waiting.enqueue(jpeg);
        this.frames++;
      },
    });
    let isOver = false;
    const ended = (): void => {
      if (isOver) return;
      isOver = true;
      unlisten();
      onEnd(this.frames);
    };
    this.#end = () => {
      if (isOver) return;
      ended();
      waiting.close();
    };
    this.response = new Response(stream, {
      headers: {
        "Content-Type": "video/x-motion-jpeg",
        "Content-Disposition": `attachment; filename="${name}"`,
      },
    });
  }

  stop(): void {
    this.#end();
  }
}
