import { RtpPortPair } from "../../lib/net/rtp_port_pair.ts";
import { RtspPeer } from "../support/rtsp_peer.ts";

/**
 * Viewers over UDP who all name the same port, where nothing is read: to the server they are like
 * any others, and here they cost nothing once that socket is full.
 */
export class UnreadViewers {
  readonly #peers: RtspPeer[] = [];

  private constructor(readonly ports: RtpPortPair) {}

  /** Lets so many play, one after the other. @param url of the media */
  static async play(url: string, count: number): Promise<UnreadViewers> {
    const viewers = new UnreadViewers(RtpPortPair.open("127.0.0.1"));
    try {
      for (let i = 0; i < count; i++) await viewers.#add(url);
    } catch (error) {
      await viewers[Symbol.asyncDispose]();
      throw error;
    }
    return viewers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.close()));
    this.ports.close();
  }

  async #add(url: string): Promise<void> {
    const { hostname, port } = new URL(url.replace(/^rtsp:/, "http:"));
    const peer = await RtspPeer.connect(Number(port), hostname);
    this.#peers.push(peer);
    const { rtp, rtcp } = this.ports;
    const transport = `Transport: RTP/AVP;unicast;client_port=${rtp.port}-${rtcp.port}`;
    const setup = await peer.request("SETUP", url, { headers: [transport] });
    const session = `Session: ${setup.headers.get("Session")?.split(";")[0]}`;
    const { status } = await peer.request("PLAY", url, { headers: [session] });
    if (status !== 200) throw new Error(`A viewer was refused with status ${status}`);
  }
}
