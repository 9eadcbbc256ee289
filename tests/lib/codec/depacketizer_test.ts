import {
  AAC_CAPTURE,
  H264_CAPTURE,
  H265_CAPTURE,
  LATM_CAPTURE,
  MPEG4_CAPTURE,
  OPUS_CAPTURE,
} from "./captures.ts";
import { depacketizerSuite } from "./suite.ts";

depacketizerSuite("H.264", H264_CAPTURE, [
  { timestamp: 0, bytes: 267, first: 0, last: 3, type: "IDR" },
  { timestamp: 3600, bytes: 10, first: 4, last: 4, type: "P" },
  { timestamp: 7200, bytes: 268, first: 5, last: 8, type: "IDR" },
  { timestamp: 10800, bytes: 10, first: 9, last: 9, type: "P" },
]);

depacketizerSuite("H.265", H265_CAPTURE, [
  { timestamp: 0, bytes: 337, first: 0, last: 3, type: "IDR" },
  { timestamp: 3600, bytes: 15, first: 4, last: 4, type: "P" },
  { timestamp: 7200, bytes: 257, first: 5, last: 7, type: "I" },
  { timestamp: 10800, bytes: 15, first: 8, last: 8, type: "P" },
]);

depacketizerSuite("AAC", AAC_CAPTURE, [
  { timestamp: 0, bytes: 239, first: 0, last: 5 },
  { timestamp: 1024, bytes: 225, first: 6, last: 11 },
]);

// Each element begins with its length in one byte.
depacketizerSuite("LATM", LATM_CAPTURE, [
  { timestamp: 0, bytes: 239, first: 0, last: 4 },
  { timestamp: 1024, bytes: 225, first: 5, last: 9 },
]);

depacketizerSuite("Opus", OPUS_CAPTURE, [
  { timestamp: 0, bytes: 23, first: 0, last: 0 },
  { timestamp: 648, bytes: 23, first: 1, last: 1 },
  { timestamp: 1608, bytes: 17, first: 2, last: 2 },
  { timestamp: 2568, bytes: 18, first: 3, last: 3 },
  { timestamp: 3528, bytes: 15, first: 4, last: 4 },
  { timestamp: 4488, bytes: 22, first: 5, last: 5 },
]);

depacketizerSuite("MPEG-4 video", MPEG4_CAPTURE, [
  { timestamp: 0, bytes: 118, first: 0, last: 1, type: "I" },
  { timestamp: 3600, bytes: 14, first: 2, last: 2, type: "P" },
  { timestamp: 7200, bytes: 118, first: 3, last: 4, type: "I" },
  { timestamp: 10800, bytes: 14, first: 5, last: 5, type: "P" },
]);
