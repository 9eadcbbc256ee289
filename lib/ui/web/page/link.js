// The page's connection to the program that serves it.

const KIND_FRAME = 1;
const KIND_DRAWN = 2;
const FRAME_HEADER = 24;
/** The program has ended and said so (RFC 6455, section 7.4.1). */
const GOING_AWAY = 1001;
const RETRY_MS = 1000;

/**
 * @typedef {object} LinkHandlers
 * @property {(message: any) => void} message JSON from the program
 * @property {(frame: Frame) => void} frame a picture
 * @property {(isOpen: boolean) => void} open
 *
 * @typedef {object} Frame
 * @property {number} player
 * @property {number} serial
 * @property {number} number
 * @property {number} timestamp
 * @property {number} arrivedAt ms since the Unix epoch
 * @property {Uint8Array<ArrayBuffer>} jpeg
 */

/** Connects, and again whenever the connection is lost. */
export class Link {
  #socket;

  /** @param {LinkHandlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    this.#connect();
  }

  /** Asks the program for something. */
  send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Tells that a picture has been drawn: the next may come. */
  drawn(player, serial) {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const view = new DataView(new ArrayBuffer(8));
    view.setUint8(0, KIND_DRAWN);
    view.setUint8(1, player);
    view.setUint32(4, serial);
    this.#socket.send(view.buffer);
  }

  #connect() {
    const url = new URL("socket", location.href);
    url.protocol = "ws:";
    const socket = this.#socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.handlers.open(true);
    socket.onclose = ({ code }) => {
      this.handlers.open(false);
      if (code !== GOING_AWAY) setTimeout(() => this.#retry(), RETRY_MS);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.handlers.message(JSON.parse(data));
      else this.#frame(data);
    };
  }

  /** A socket that is refused is an error in the console: asks first whether anybody is there. */
  async #retry() {
    try {
      await fetch("icon.svg", { cache: "no-store" });
      this.#connect();
    } catch {
      setTimeout(() => this.#retry(), RETRY_MS);
    }
  }

  #frame(data) {
    const view = new DataView(data);
    if (view.getUint8(0) !== KIND_FRAME) return;
    this.handlers.frame({
      player: view.getUint8(1),
      serial: view.getUint32(4),
      number: view.getUint32(8),
      timestamp: view.getUint32(12),
      arrivedAt: view.getFloat64(16),
      jpeg: new Uint8Array(data, FRAME_HEADER),
    });
  }
}
