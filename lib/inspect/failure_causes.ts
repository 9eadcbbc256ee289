import type { CatalogueEntry } from "./catalogue_entry.ts";

/** Nothing to look at: the session ended before any media. */
export const FAILURE_CAUSES = {
  "host-unknown": {
    level: "error",
    title: "the host's name is not known",
    advice: "Check the spelling, or use the address: the name server knows no such host",
  },
  "connection-refused": {
    level: "error",
    title: "nobody listens on that port",
    advice: "Check the port (RTSP is 554, test servers often 8554) and that the server runs",
  },
  "unreachable": {
    level: "error",
    title: "the server cannot be reached",
    advice: "Check the address, and whether a firewall stands between: try ping and another port",
  },
  "not-rtsp": {
    level: "error",
    title: "what answers there does not speak RTSP",
    advice:
      "Find the RTSP port: 80 and 8080 are web pages, 322 wants rtsps://; RTSP is 554 or 8554",
  },
  "unreadable-reply": {
    level: "error",
    title: "the server speaks RTSP, and its reply cannot be read",
    advice: "Look below at what is wrong or too much in it; send it to the server's maker",
    reference: "RFC 2326 section 7",
  },
  "no-reply": {
    level: "error",
    title: "the server accepts the connection and does not answer",
    advice:
      "Restart the server or camera (too many sessions are a common reason), then try again " +
      "with a longer --timeout, or --dialect lab for a course-lab server",
  },
  "auth-missing": {
    level: "error",
    title: "the server wants a user name and a password",
    advice: "Give --user NAME and --password-file FILE, or rtsp://NAME:PASSWORD@…",
    reference: "RFC 2326 section 11.4",
  },
  "auth-refused": {
    level: "error",
    title: "the user name or password is refused",
    advice: "Check both in the camera's web page: accounts for RTSP or ONVIF are often others",
  },
  "auth-special-characters": {
    level: "error",
    title: "the password is refused, and it has characters that URLs and cameras get wrong",
    advice:
      "Give it by --user and --password-file instead of in the URL; if that is refused too, " +
      "set a password of letters and digits only, as many cameras mangle others",
  },
  "auth-scheme": {
    level: "error",
    title: "the server asks for a way of authentication that is not known here",
    advice: "Set the camera's RTSP authentication to Digest (MD5 or SHA-256), or Basic",
  },
  "not-found": {
    level: "error",
    title: "the server knows no such stream",
    advice: "Check the path: every maker has its own (/stream1, /h264, /Streaming/Channels/101, " +
      "/cam/realmonitor?channel=1&subtype=0), and case matters",
    reference: "RFC 2326 section 11.3",
  },
  "redirection": {
    level: "error",
    title: "the server's redirections lead to no stream",
    advice: "Ask for the stream where it really is, and correct where the server sends on to",
    reference: "RFC 2326 section 11.3",
  },
  "request-refused": {
    level: "error",
    title: "the server refuses a request",
    advice: "Read the status and the exchange above; 453 and 503 mean too many viewers",
    follows: ["session-missing"],
  },
  "transport-refused": {
    level: "error",
    title: "the server refuses the transport",
    advice: "Let the transport be found out: leave --transport away, or try --transport tcp",
    reference: "RFC 2326 section 11.4.8",
  },
  "transport-status": {
    level: "error",
    title: "the server refuses a transport by the wrong status",
    advice: "Name one that it takes: --transport tcp; players fall back by themselves only at 461",
    reference: "RFC 2326 section 11.4.8",
  },
  "transport-mismatch": {
    level: "error",
    title: "the server answers another transport than it was asked for",
    advice: "Ask for the one it insists on: --transport tcp, or --transport udp",
    reference: "RFC 2326 section 12.39",
  },
  "control-url": {
    level: "error",
    title: "the server does not know its own control URL",
    advice: "Compare a=control and Content-Base above with the URL of SETUP",
    reference: "RFC 2326 appendix C.1.1",
  },
  "no-description": {
    level: "error",
    title: "the session description cannot be used",
    advice: "Look at the description above; send it to the server's maker",
    reference: "RFC 8866 section 5",
  },
  "no-media": {
    level: "error",
    title: "the server accepts PLAY and sends nothing",
    advice:
      "Try --transport tcp; where that is as silent, the source behind the server is: look at " +
      "its encoder, file or upstream",
    follows: ["srtp-key", "srtp-refused"],
  },
} as const satisfies Record<string, CatalogueEntry>;
