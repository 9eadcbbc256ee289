import { ByteWriter } from "../../../bytes/writer.ts";
import type { Clock } from "../../../net/clock.ts";
import { ntpFromUnixMilliseconds } from "../../../rtcp/ntp.ts";
import { formatKeyMgmtHeader, MIKEY_PROTOCOL } from "../../../srtp/key_mgmt.ts";
import { KEY_AND_SALT_LENGTH, masterKeyFrom } from "../../../srtp/master_key.ts";
import { MIKEY_RANDOM_LENGTH, mikeyMessage } from "../../../srtp/mikey_keying.ts";
import { formatMikey } from "../../../srtp/mikey_message.ts";
import { SrtpReceiver } from "../../../srtp/srtp_receiver.ts";
import { SrtpSender } from "../../../srtp/srtp_sender.ts";
import { NoMediaError } from "../../errors.ts";
import type { Track } from "../description.ts";

/** What a protected stream needs, from SETUP on. */
export interface StreamProtection {
  /** Opens what the server sends. */
  receiver: SrtpReceiver;
  /** Protects our RTCP. */
  sender: SrtpSender;
  /** What goes with SETUP. */
  headers: [name: string, value: string][];
}

/** What it is made of. */
export interface ProtectionOptions {
  /** Our own SSRC. */
  ssrc: number;
  clock: Clock;
  randomBytes: (length: number) => Uint8Array;
}

/**
 * Makes what a stream is opened with; undefined where it is not protected.
 *
 * Where the server's key came by MIKEY, SETUP tells it a key for our RTCP (RFC 4567, section 3.2). SDES
 * has no such way with RTSP, so our RTCP goes with the server's key.
 * @throws {NoMediaError} when its key cannot be used
 */
export function streamProtection(
  { name, protection, controlUrl: uri }: Track,
  { ssrc, clock, randomBytes }: ProtectionOptions,
): StreamProtection | undefined {
  if (protection === undefined) return undefined;
  const { keying } = protection;
  if (typeof keying === "string") {
    throw new NoMediaError(
      `the stream "${name}" is encrypted (SRTP), and its key cannot be used: ${keying}`,
    );
  }
  const { suite, master, sources } = keying;
  const rolloversBySource = new Map(sources.map(({ ssrc, rollovers }) => [ssrc, rollovers]));
  const receiver = new SrtpReceiver({ suite, master, rolloversBySource });
  if (keying.by === "SDES") {
    return { receiver, sender: new SrtpSender({ suite, master }), headers: [] };
  }
  const own = { suite, master: masterKeyFrom(randomBytes(KEY_AND_SALT_LENGTH)) };
  const { seconds, fraction } = ntpFromUnixMilliseconds(clock.wallTime());
  const message = mikeyMessage({
    ...own,
    sources: [{ ssrc, rollovers: 0 }],
    bundle: new DataView(new Uint8Array(randomBytes(4)).buffer).getUint32(0),
    random: randomBytes(MIKEY_RANDOM_LENGTH),
    timestamp: new ByteWriter(8).u32(seconds).u32(fraction).finish(),
  });
  const data = formatMikey(message);
  const header = formatKeyMgmtHeader({ protocol: MIKEY_PROTOCOL, uri, data });
  return { receiver, sender: new SrtpSender(own), headers: [["KeyMgmt", header]] };
}
