import { beginsSdp, isSdp, isSdpType } from "../../../lib/sdp/media_type.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("the type of a session description, with parameters and in any case", () => {
  const types = ["application/sdp", " Application/SDP; charset=utf-8", "text/plain", "", undefined];
  assertEquals(types.map(isSdpType), [true, true, false, false, false]);
});

Deno.test("a body is a session description by its type or its beginning", () => {
  const body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";
  const bytes = new TextEncoder().encode(body);
  const cases: [type: string | undefined, body: string | Uint8Array, is: boolean][] = [
    ["text/plain", body, true],
    [undefined, bytes, true],
    ["application/sdp", "m=video 0 RTP/AVP 26\r\n", true],
    ["text/parameters", "volume: 3\r\n", false],
    [undefined, "", false],
    [undefined, new Uint8Array(0), false],
  ];
  assertEquals(cases.map(([type, body]) => isSdp(type, body)), cases.map(([, , is]) => is));
});

Deno.test("one byte is no beginning", () => {
  assertEquals([beginsSdp("v"), beginsSdp(Uint8Array.of(0x76))], [false, false]);
});
