import {
  AddressError,
  type AddressForm,
  addressForm,
  commandLine,
  parseAddressForm,
  streamName,
} from "../../../../lib/ui/player/stream_address.ts";
import { assert, assertEquals, assertThrows } from "../../../support/assert.ts";

const FORM: AddressForm = {
  address: "localhost",
  port: "5678",
  rtpPort: "6666",
  file: "movie.Mjpeg",
  dialect: "auto",
  transport: "auto",
};

Deno.test("the form's fields name a stream, and the stream gives them back", () => {
  const address = parseAddressForm({ ...FORM, address: " localhost ", dialect: "lab" });
  assertEquals(address, {
    target: {
      form: "lab",
      hostname: "localhost",
      port: 5678,
      rtpPort: 6666,
      file: "movie.Mjpeg",
    },
    dialect: "lab",
    transport: "auto",
  });
  assertEquals(addressForm(address), { ...FORM, dialect: "lab" });
  assertEquals(streamName(address), "localhost:5678/movie.Mjpeg");
});

Deno.test("a URL in the address is the whole stream, and its password is never shown", () => {
  const address = parseAddressForm({
    ...FORM,
    address: "rtsp://me:s3cret@192.0.2.7:554/stream1",
    port: "",
    file: "",
  });
  assert(address.target.form === "url");
  assertEquals(address.target.url.password, "s3cret");
  for (const shown of [streamName(address), commandLine(address), addressForm(address).address]) {
    assert(!/s3cret|me:|me@/.test(shown), shown);
    assert(shown.includes("192.0.2.7"), shown);
  }
});

for (
  const [wrong, field] of [
    [{ address: "" }, "address"],
    [{ address: "two words" }, "address"],
    [{ address: "rtspu://host/x" }, "address"],
    [{ address: "rtsp://" }, "address"],
    [{ port: "0" }, "port"],
    [{ port: "65536" }, "port"],
    [{ port: "eight" }, "port"],
    [{ rtpPort: "-1" }, "rtpPort"],
    [{ rtpPort: "65536" }, "rtpPort"],
    [{ file: "  " }, "file"],
  ] as [Partial<AddressForm>, string][]
) {
  Deno.test(`the form with ${JSON.stringify(wrong)} is refused at ${field}`, () => {
    const error = assertThrows(() => parseAddressForm({ ...FORM, ...wrong }), AddressError);
    assertEquals(error.field, field as keyof AddressForm);
  });
}

Deno.test("ports at their limits are taken", () => {
  for (const [port, rtpPort] of [["1", "0"], ["65535", "65535"]]) {
    const { target } = parseAddressForm({ ...FORM, port: port!, rtpPort: rtpPort! });
    assert(target.form === "lab");
    assertEquals([target.port, target.rtpPort], [Number(port), Number(rtpPort)]);
  }
});

Deno.test("the command line is one that a shell takes apart as it was", () => {
  const line = commandLine(parseAddressForm({
    ...FORM,
    file: "my movie's.Mjpeg",
    dialect: "lab",
    transport: "udp",
  }));
  assertEquals(
    line,
    `rtspkit play localhost 5678 6666 'my movie'\\''s.Mjpeg' --dialect lab --transport udp`,
  );
});
