import {
  AuthenticationError,
  NoMediaError,
  NoReplyError,
  ProtocolError,
  StatusError,
} from "../../client/errors.ts";
import { TimeoutError } from "../../net/clock.ts";
import { BindError, UnreachableError } from "../../net/errors.ts";
import { CertificateError } from "../../net/tls_trust.ts";

/** What went wrong, for a person: a heading, what happened, and what may help. */
export interface Failure {
  /** Stable; the form looks for `authentication`. */
  kind:
    | "unreachable"
    | "no-reply"
    | "refused"
    | "authentication"
    | "no-media"
    | "protocol"
    | "port"
    | "cut"
    | "defect";
  title: string;
  text: string;
  hint: string;
}

/** Statuses of RFC 2326, section 7.1.1, that a person can do something about. */
const STATUS_WORDS: Readonly<Record<number, readonly [title: string, hint: string]>> = {
  404: ["There is no such file", "Check the file name; capital letters count."],
  415: ["The server cannot play that file", "Its log says what is wrong with the file."],
  453: ["The server is full", "It serves as many viewers as it may; try again later."],
  454: ["The session is over", "The server no longer knows it. Set up anew."],
  455: ["Not now", "The server does not take that request in its present state."],
  457: ["There is nothing at that time", "The media is shorter than that."],
  461: ["The server refuses the transport", "Try another one: TCP works most often."],
  501: ["The server does not know that request", "It may speak a smaller dialect."],
};

/** Any error as words for a person. */
export function failureOf(error: unknown): Failure {
  const text = sentence(error instanceof Error ? error.message : String(error));
  if (error instanceof StatusError) return refused(error, text);
  if (error instanceof AuthenticationError) {
    const title = "The server asks who you are";
    return { kind: "authentication", title, text, hint: "Give the user name and password below." };
  }
  if (error instanceof NoMediaError) {
    const hint = "Something between here and there holds UDP back, or the port is taken: " +
      "try TCP, or another RTP port.";
    return { kind: "no-media", title: "The server answers, but no picture comes", text, hint };
  }
  if (error instanceof NoReplyError) {
    const hint = "Is it an RTSP server, and is that file there? Try the other dialect.";
    return { kind: "no-reply", title: "The server does not answer", text, hint };
  }
  if (error instanceof BindError) {
    const hint = "Choose another RTP port; 0 takes any free one.";
    return { kind: "port", title: "The RTP port is taken on this machine", text, hint };
  }
  if (error instanceof CertificateError) {
    const hint = "Begin rtspkit with --tls-fingerprint or --tls-ca if you know that server.";
    return { kind: "unreachable", title: "The server's certificate is not trusted", text, hint };
  }
  if (error instanceof UnreachableError || error instanceof TimeoutError) {
    const hint = "Check the address and the port, and that the server is running.";
    return { kind: "unreachable", title: "No server there", text, hint };
  }
  if (error instanceof ProtocolError) {
    const hint = "It may be another kind of server; look at its answers below.";
    return { kind: "protocol", title: "The server's words make no sense", text, hint };
  }
  return { kind: "defect", title: "Something broke in rtspkit", text, hint: "Please report it." };
}

/** The stream stopped before its end. */
export function cutOff(place: string): Failure {
  return {
    kind: "cut",
    title: "The stream broke off",
    text: `Nothing came any more${place}, though there should be more.`,
    hint: "Is the server still running? Try again when it is.",
  };
}

function refused(error: StatusError, text: string): Failure {
  const [title, hint] = STATUS_WORDS[error.status] ??
    ["The server refuses", "Its answer is in the exchange."];
  return { kind: "refused", title, text, hint };
}

function sentence(text: string): string {
  const line = text.replace(/\s*\n\s*/g, " ").trim();
  const begun = line.charAt(0).toUpperCase() + line.slice(1);
  return /[.!?)]$/.test(begun) ? begun : `${begun}.`;
}
