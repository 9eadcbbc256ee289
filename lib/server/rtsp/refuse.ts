import type { PeerConnection } from "../connection.ts";
export async function refuseRtsp(connection: PeerConnection, _bytes: Uint8Array): Promise<string> {
  await connection.write(
    new TextEncoder().encode("RTSP/1.0 501 Not Implemented\r\nCSeq: 0\r\n\r\n"),
  );
  return "standard RTSP is not served yet";
}
