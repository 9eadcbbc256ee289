import {
  attribute,
  attributeValues,
  control,
  dimensions,
  direction,
  formatDimensions,
  formatFrameSize,
  frameRate,
  frameSize,
  hasAttribute,
  range,
} from "../../../lib/sdp/attributes.ts";
import type { Attribute } from "../../../lib/sdp/session_description.ts";
import { assertEquals } from "../../support/assert.ts";
import { medium, session } from "./goldens.ts";

function one(name: string, ...values: string[]): { attributes: Attribute[] } {
  return { attributes: values.map((value) => ({ name, value })) };
}

Deno.test("an attribute is found by name, the first of several", () => {
  const media = medium({
    attributes: [{ name: "x", value: "1" }, { name: "recvonly" }, { name: "x", value: "2" }],
  });
  assertEquals(attribute(media, "x"), "1");
  assertEquals(attribute(media, "recvonly"), "");
  assertEquals(attribute(media, "y"), undefined);
  assertEquals(attributeValues(media, "x"), ["1", "2"]);
  assertEquals(attributeValues(media, "recvonly"), [""]);
  assertEquals([hasAttribute(media, "recvonly"), hasAttribute(media, "y")], [true, false]);
});

Deno.test("control and range come as written, empty ones as missing", () => {
  assertEquals(control(one("control", "rtsp://h/p?q=1/trackID=0")), "rtsp://h/p?q=1/trackID=0");
  assertEquals(control(one("control", "track1 ")), "track1");
  assertEquals(control({ attributes: [{ name: "control" }] }), undefined);
  assertEquals(control(one("other", "1")), undefined);
  assertEquals(range(one("range", "npt=0-10.5")), "npt=0-10.5");
  assertEquals(range(one("range", "")), undefined);
});

Deno.test("the frame rate is the first that is a number above zero", () => {
  assertEquals(frameRate(one("framerate", "10.000000")), 10);
  assertEquals(frameRate(one("framerate", " 29.97 ")), 29.97);
  assertEquals(frameRate(one("framerate", "0S", "25")), 25); // moonfire-nvr#213
  for (const bad of ["", "0", "0.0", "-5", "1e9", "Infinity", "25 fps"]) {
    assertEquals(frameRate(one("framerate", bad)), undefined, bad);
  }
});

Deno.test("picture sizes are read and written", () => {
  const size = { width: 2560, height: 1440 };
  assertEquals(dimensions(one("x-dimensions", "2560,1440")), size);
  assertEquals(dimensions(one("x-dimensions", " 2560 , 1440 ")), size);
  assertEquals(formatDimensions(size), "2560,1440");
  assertEquals(frameSize(one("framesize", "96 1-2", "26 2560-1440"), 26), size);
  assertEquals(formatFrameSize(26, size), "26 2560-1440");
  for (const bad of ["", "2560", "2560x1440", "-1,2", "99999999999999999999,1"]) {
    assertEquals(dimensions(one("x-dimensions", bad)), undefined, bad);
  }
  assertEquals(frameSize(one("framesize", "26 2560,1440", "26"), 26), undefined);
  assertEquals(frameSize(one("framesize", "26 2560-1440"), 96), undefined);
});

Deno.test("a medium has its own direction or the session's", () => {
  const sending = session({ attributes: [{ name: "tool" }, { name: "sendonly" }] });
  const receiving = medium({ attributes: [{ name: "recvonly" }] });
  assertEquals(direction(receiving, sending), "recvonly");
  assertEquals(direction(medium(), sending), "sendonly");
  assertEquals(direction(medium()), undefined);
  assertEquals(direction(medium(), session()), undefined);
});
