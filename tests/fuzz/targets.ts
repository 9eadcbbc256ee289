import type { Target } from "./target.ts";
import { AUTH_TARGETS } from "./targets/auth.ts";
import { CAPTURE_TARGETS } from "./targets/capture.ts";
import { CLIENT_TARGETS } from "./targets/client.ts";
import { CODEC_TARGETS } from "./targets/codec.ts";
import { JPEG_TARGETS } from "./targets/jpeg.ts";
import { LIVE_TARGETS } from "./targets/live.ts";
import { MEDIA_TARGETS } from "./targets/media.ts";
import { RTSP_TARGETS } from "./targets/rtsp.ts";
import { SERVER_TARGETS } from "./targets/server.ts";
import { WIRE_TARGETS } from "./targets/wire.ts";
import { WORD_TARGETS } from "./targets/words.ts";

/** Everything that takes bytes from strangers. */
export const TARGETS: readonly Target[] = [
  ...RTSP_TARGETS,
  ...AUTH_TARGETS,
  ...WIRE_TARGETS,
  ...JPEG_TARGETS,
  ...MEDIA_TARGETS,
  ...LIVE_TARGETS,
  ...CAPTURE_TARGETS,
  ...CODEC_TARGETS,
  ...WORD_TARGETS,
  ...SERVER_TARGETS,
  ...CLIENT_TARGETS,
];
