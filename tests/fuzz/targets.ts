import type { Target } from "./target.ts";
import { AUTH_TARGETS } from "./targets/auth.ts";
import { CAPTURE_TARGETS } from "./targets/capture.ts";
import { CLIENT_TARGETS } from "./targets/client.ts";
import { CODEC_TARGETS } from "./targets/codec.ts";
import { FILE_TARGETS } from "./targets/files.ts";
import { JPEG_TARGETS } from "./targets/jpeg.ts";
import { LAB_CLIENT_TARGETS } from "./targets/lab_client.ts";
import { LIVE_TARGETS } from "./targets/live.ts";
import { MATRIX_TARGETS } from "./targets/matrix.ts";
import { MEDIA_TARGETS } from "./targets/media.ts";
import { PROBE_TARGETS } from "./targets/probe.ts";
import { REPLY_TARGETS } from "./targets/replies.ts";
import { RTSP_TARGETS } from "./targets/rtsp.ts";
import { SERVER_TARGETS } from "./targets/server.ts";
import { SOCKET_TARGETS } from "./targets/sockets.ts";
import { SRTP_TARGETS } from "./targets/srtp.ts";
import { WIRE_TARGETS } from "./targets/wire.ts";
import { WORD_TARGETS } from "./targets/words.ts";

/** Everything that takes bytes from strangers. */
export const TARGETS: readonly Target[] = [
  ...RTSP_TARGETS,
  ...REPLY_TARGETS,
  ...AUTH_TARGETS,
  ...WIRE_TARGETS,
  ...SRTP_TARGETS,
  ...JPEG_TARGETS,
  ...MEDIA_TARGETS,
  ...FILE_TARGETS,
  ...LIVE_TARGETS,
  ...CAPTURE_TARGETS,
  ...PROBE_TARGETS,
  ...CODEC_TARGETS,
  ...WORD_TARGETS,
  ...SERVER_TARGETS,
  ...SOCKET_TARGETS,
  ...CLIENT_TARGETS,
  ...MATRIX_TARGETS,
  ...LAB_CLIENT_TARGETS,
];
