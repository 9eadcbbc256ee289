import type { CatalogueEntry } from "./catalogue_entry.ts";

/** What the exchange of requests shows. */
export const EXCHANGE_CAUSES = {
  "udp-blocked": {
    level: "error",
    title: "nothing arrives over UDP, TCP works",
    advice: "Use TCP (--transport tcp; ffmpeg -rtsp_transport tcp), or let UDP through: the " +
      "firewall or NAT on the way, or publish the ports of the container",
  },
  "transport-fallback": { level: "info", title: "the server does not offer every transport" },
  "keep-alive-refused": {
    level: "warning",
    title: "the keep-alive is refused",
    advice:
      "Use a player that keeps the session by another method (OPTIONS, RTCP), or correct what " +
      "the server lists in Public: VLC stops at this answer",
    reference: "RFC 2326 section 10.8",
  },
  "session-timeout": {
    level: "error",
    title: "the session ends before the timeout that was announced",
    advice:
      "Let the server announce its true timeout (Session: …;timeout=N), or send keep-alives " +
      "more often",
    reference: "RFC 2326 section 12.37",
  },
  "content-base": {
    level: "warning",
    title: "Content-Base leads players astray",
    advice: "Correct Content-Base in the server: the whole URL of DESCRIBE with a slash at its end",
    reference: "RFC 2326 appendix C.1.1",
  },
  "control-missing": {
    level: "warning",
    title: "streams that cannot be told apart by their control URLs",
    advice: "Give every m= of the description an a=control of its own",
    reference: "RFC 2326 appendix C.1.1",
  },
  "stream-refused": {
    level: "warning",
    title: "one of the streams cannot be set up",
    advice: "Look at the SETUP that was refused above; play the others on their own",
  },
  "stream-silent": {
    level: "warning",
    title: "one of the streams stays silent",
    advice: "Look whether its source works: a camera's microphone may be off",
  },
  "sdp-tolerance": {
    level: "info",
    title: "a session description with slips",
    advice: "Strict players refuse such a description; tell the server's maker",
    reference: "RFC 8866 section 5",
  },
  "rtsp-malformed": {
    level: "warning",
    title: "the RTSP connection carries broken bytes",
    advice:
      "Update the server: bytes of interleaved blocks are lost or mixed within its connection",
    reference: "RFC 2326 section 10.12",
    follows: ["not-rtsp", "unreadable-reply"],
  },
  "rtsp-cseq": {
    level: "warning",
    title: "replies with a wrong CSeq",
    advice: "Players that match replies to requests wait for ever: tell the server's maker",
    reference: "RFC 2326 section 12.17",
  },
  "transport-missing": {
    level: "warning",
    title: "SETUP is answered without a transport",
    advice: "Let the server's reply to SETUP state the Transport it uses",
    reference: "RFC 2326 section 12.39",
  },
  "session-missing": {
    level: "warning",
    title: "SETUP is answered without a session",
    advice: "Let the server's reply to SETUP name the session (Session: …)",
    reference: "RFC 2326 section 12.37",
  },
  "srtp-key": {
    level: "error",
    title: "the stream is encrypted (SRTP) with a key that cannot be used",
    advice: "Have the server offer AES-128 in counter mode with HMAC-SHA1, its key by SDES " +
      "(a=crypto) or MIKEY (a=key-mgmt), or send without SRTP",
    reference: "RFC 3711 section 8.2",
  },
  "srtp-refused": {
    level: "error",
    title: "encrypted packets (SRTP) are not authentic",
    advice: "Look whether the server encrypts with the key it describes (after a restart of its " +
      "numbers too), and whether something on the way changes packets",
    reference: "RFC 3711 section 3.3",
  },
  "srtp-key-in-clear": {
    level: "warning",
    title: "the key of an encrypted stream (SRTP) is sent in the clear",
    advice: "Use rtsps://: who sees the description has the key",
    reference: "RFC 4568 section 8.3",
    follows: ["srtp-refused"],
  },
  "rtsp-note": { level: "info", title: "a peculiarity" },
  "stray-datagram": {
    level: "warning",
    title: "something else arrives on the media port",
    advice: "Look who sends there: another stream to the same port, or an earlier session's rest",
    reference: "RFC 3550 section 5.1",
  },
  "stream-cut": {
    level: "error",
    title: "the stream breaks off",
    advice: "Look into the server's log for that moment: it or its source ended the stream",
    follows: ["session-timeout", "lab-stopped-at-255"],
  },
} as const satisfies Record<string, CatalogueEntry>;
