// What SRTP costs a packet: once for every viewer.
import { DEFAULT_CRYPTO_SUITE } from "../../lib/srtp/crypto_suite.ts";
import { masterKeyFrom } from "../../lib/srtp/master_key.ts";
import { SrtpReceiver } from "../../lib/srtp/srtp_receiver.ts";
import { SrtpSender } from "../../lib/srtp/srtp_sender.ts";

const OPTIONS = { suite: DEFAULT_CRYPTO_SUITE, master: masterKeyFrom(new Uint8Array(30)) };
const PACKET = new Uint8Array(1412);
PACKET[0] = 0x80;
const PACKET_VIEW = new DataView(PACKET.buffer);
const SEQUENCE_AT = 2;

const sender = new SrtpSender(OPTIONS);
let sequence = 0;

/** The next packet of a stream without end. */
function protectNext(): Uint8Array {
  PACKET_VIEW.setUint16(SEQUENCE_AT, sequence++ & 0xffff);
  return sender.protect(PACKET)!;
}

Deno.bench("SRTP: protect a packet of 1,400 bytes", () => {
  protectNext();
});

const receiver = new SrtpReceiver(OPTIONS);

Deno.bench("SRTP: protect and open a packet of 1,400 bytes", () => {
  if (typeof receiver.open(protectNext()) === "string") throw new Error("A packet was refused");
});
