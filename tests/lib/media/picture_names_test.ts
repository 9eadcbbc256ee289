import { isMediaName } from "../../../lib/media/media_names.ts";
import { sortPictures } from "../../../lib/media/picture_names.ts";
import { assertEquals } from "../../support/assert.ts";

Deno.test("numbered pictures come in the order of their numbers", () => {
  const rows: [names: string[], numbered: string[], single: string[]][] = [
    [["10.jpg", "9.jpg", "1.jpg"], ["1.jpg", "9.jpg", "10.jpg"], []],
    [["f-010.PNG", "f-9.png", "F-1.jpeg"], ["F-1.jpeg", "f-9.png", "f-010.PNG"], []],
    [["a2b10.jpg", "a2b9.jpg"], ["a2b9.jpg", "a2b10.jpg"], []],
    [["img1_small.jpg", "img2_small.jpg", "img3.jpg"], ["img1_small.jpg", "img2_small.jpg"], [
      "img3.jpg",
    ]],
    [["right1.jpg", "left2.jpg", "left1.jpg", "right2.jpg"], [
      "left1.jpg",
      "left2.jpg",
      "right1.jpg",
      "right2.jpg",
    ], []],
    [["cat.jpg", "dog.png", "room101.jpg"], [], ["cat.jpg", "dog.png", "room101.jpg"]],
    [["frames.json", "1.txt", "2.txt"], [], []],
    [["9007199254740993.jpg", "9007199254740992.jpg"], [
      "9007199254740992.jpg",
      "9007199254740993.jpg",
    ], []],
  ];
  for (const [names, numbered, single] of rows) {
    assertEquals(sortPictures(names), { numbered, single });
  }
});

Deno.test("what is listed as media ends as media do", () => {
  for (const name of ["a.mjpeg", "A.MJPG", "x.y.avi", "b.mov", "c.mp4", "d.JPG", "e.png"]) {
    assertEquals(isMediaName(name), true, name);
  }
  for (const name of ["avi", "a.txt", "a.avi.part", "a.", ""]) {
    assertEquals(isMediaName(name), false, name);
  }
});
