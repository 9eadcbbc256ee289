import type { CatalogueEntry } from "./catalogue_entry.ts";

/**
 * The course-lab dialect. Habits that its own clients live with are information; what keeps some of
 * them from showing the picture is a warning; pictures that are missing or broken are errors.
 */
export const LAB_CAUSES = {
  "lab-dialect": { level: "info", title: "a course-lab server" },
  "lab-bare-jpeg": {
    level: "info",
    title: "JPEG files without RFC 2435",
    advice: "For players that follow the standard, serve the file with rtspkit serve",
    reference: "RFC 2435 section 3.1",
  },
  "lab-payload-type": {
    level: "warning",
    title: "a payload type that does not stand for JPEG",
    advice: "Send payload type 26: lab clients do not look at it, standard receivers do",
    reference: "RFC 3551 section 6",
  },
  "lab-sequence-is-frame-number": {
    level: "info",
    title: "sequence numbers that are frame numbers",
    reference: "RFC 3550 section 5.1",
  },
  "lab-timestamp-seconds": {
    level: "info",
    title: "timestamps in seconds",
    reference: "RFC 2435 section 3",
  },
  "lab-marker-missing": {
    level: "info",
    title: "no marker at the end of frames",
    reference: "RFC 2435 section 3",
  },
  "lab-version": {
    level: "warning",
    title: "RTP of another version",
    advice: "Set the version field to 2: shift 2 left by 6 in the header's first byte",
    reference: "RFC 3550 section 5.1",
  },
  "lab-ssrc-zero": { level: "info", title: "SSRC 0", reference: "RFC 3550 section 8" },
  "lab-frame-size": {
    level: "warning",
    title: "frames too big for the classic lab client",
    advice: "Encode the pictures smaller, or receive with a larger buffer than recv(20480)",
  },
  "lab-stopped-at-255": {
    level: "error",
    title: "the server stops at frame 255",
    advice: "Mask the sequence number's low byte in the server: header[3] = seqnum & 0xff",
    reference: "RFC 3550 section 5.1",
  },
  "lab-rtsp-line-ends": {
    level: "info",
    title: "RTSP lines that end in LF alone",
    reference: "RFC 2326 section 4",
  },
  "lab-rtsp-no-blank-line": {
    level: "info",
    title: "RTSP messages without a blank line",
    reference: "RFC 2326 section 7",
  },
  "lab-rtsp-version": {
    level: "info",
    title: "an unknown version of RTSP",
    reference: "RFC 2326 section 3.1",
  },
} as const satisfies Record<string, CatalogueEntry>;
