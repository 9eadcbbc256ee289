import movie from "../media/movie.Mjpeg" with { type: "bytes" };

/** The clips inside the program, by the name they answer to when the served folder has none. */
export const BUILT_IN_MEDIA: ReadonlyMap<string, Uint8Array> = new Map([["movie.Mjpeg", movie]]);
