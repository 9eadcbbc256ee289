import { UnreachableError } from "../net/errors.ts";

/** The peer is there and says nothing to a request, or closes the connection instead. */
export class NoReplyError extends UnreachableError {
  /** @param method the request's method */
  constructor(readonly method: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NoReplyError";
  }
}

/** The peer answered a request with an error status. */
export class StatusError extends Error {
  /**
   * @param method the request's method
   * @param status the answer's status code, 300 … 599
   * @param reason the answer's reason phrase
   */
  constructor(readonly method: string, readonly status: number, readonly reason: string) {
    super(`${method} was answered ${status}${reason === "" ? "" : ` ${reason}`}`);
    this.name = "StatusError";
  }
}

/** The peer asks for credentials and none were given, or those given were refused. */
export class AuthenticationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AuthenticationError";
  }
}

/** The exchange of requests went well and yet no media came. */
export class NoMediaError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoMediaError";
  }
}

/** The peer's words could not be understood; the message says which and where. */
export class ProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ProtocolError";
  }
}

/** The peer speaks RTSP, and its first reply goes on in a way that cannot be read. */
export class UnreadableReplyError extends ProtocolError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnreadableReplyError";
  }
}

/** Where the peer sends on to there is nothing to ask, or no end of being sent on. */
export class RedirectionError extends ProtocolError {
  constructor(message: string) {
    super(message);
    this.name = "RedirectionError";
  }
}
