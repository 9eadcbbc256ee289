import fc from "fast-check";
import {
  type DepacketizerOptions,
  type FrameOutcome,
  JpegDepacketizer,
  type JpegPacket,
} from "../../../lib/jpeg/depacketize.ts";
import { inspectJpeg } from "../../../lib/jpeg/inspect.ts";
import { packetizeJpeg, RTP_HEADROOM } from "../../../lib/jpeg/packetize.ts";
import { quantizationPair } from "../../../lib/jpeg/quantization.ts";
import {
  formatJpegPayload,
  type JpegPayload,
  parseJpegPayload,
} from "../../../lib/jpeg/rtp_payload.ts";
import { assert, assertEquals } from "../../support/assert.ts";
import { concat, decode, splice, testJpeg } from "./pictures.ts";

const FIRST_SEQUENCE = 65_530; // wraps within the first frames

/** The packets of frames, one after another, as a sender sends them. */
function packetsOf(
  frames: Uint8Array[],
  maxPayload = 300,
  sequence = FIRST_SEQUENCE,
): JpegPacket[] {
  return frames.flatMap((jpeg, number) => {
    const { buffer, offsets, lengths, packetCount } = packetizeJpeg(jpeg, inspectJpeg(jpeg), {
      maxPayload,
    });
    return Array.from(offsets, (offset, i): JpegPacket => ({
      payload: buffer.subarray(offset + RTP_HEADROOM, offset + lengths[i]!),
      marker: i === packetCount - 1,
      timestamp: (number * 4500 + 0xffff_f000) >>> 0,
      sequence: sequence++ & 0xffff,
    }));
  });
}

/** What comes out, in short: `"frame"` or the reason. */
function tell(outcomes: readonly FrameOutcome[]): string[] {
  return outcomes.map((o) => o.kind === "damaged" ? o.reason : o.kind);
}

function run(packets: JpegPacket[], options?: DepacketizerOptions): FrameOutcome[] {
  const depacketizer = new JpegDepacketizer(options);
  return [...packets.flatMap((packet) => depacketizer.push(packet)), ...depacketizer.finish()];
}

function jpegs(outcomes: readonly FrameOutcome[]): Uint8Array[] {
  return outcomes.flatMap((o) => o.kind === "frame" ? [o.jpeg] : []);
}

function scanOf(jpeg: Uint8Array): Uint8Array {
  const { scanStart, scanEnd } = inspectJpeg(jpeg);
  return jpeg.slice(scanStart, scanEnd);
}

/** The packet with its payload's fields changed. */
function but(packet: JpegPacket, change: Partial<JpegPayload>): JpegPacket {
  const payload = formatJpegPayload({ ...parseJpegPayload(packet.payload), ...change });
  return { ...packet, payload };
}

const A = testJpeg(160, 120, { quality: 50 });
const B = testJpeg(160, 120, { quality: 70 });

Deno.test("a file goes through packets to the same scan and the same pixels", async (t) => {
  for (const subsampling of ["4:2:0", "4:2:2"] as const) {
    for (const restartInterval of [0, 3]) {
      for (const [width, height] of [[160, 120], [16, 16], [8, 8], [2040, 16]] as const) {
        await t.step(
          `${subsampling}, restarts ${restartInterval}, ${width}x${height}`,
          async () => {
            const jpeg = testJpeg(width, height, { subsampling, restartInterval });
            const [frame, ...more] = run(packetsOf([jpeg]));
            assertEquals(more, []);
            assert(frame?.kind === "frame");
            assertEquals([frame.width, frame.height], [width, height]);
            assertEquals(scanOf(frame.jpeg), scanOf(jpeg));
            assertEquals((await decode(frame.jpeg)).data, (await decode(jpeg)).data);
          },
        );
      }
    }
  }
});

Deno.test("what the encoder made comes back byte for byte", () => {
  const frames = [A, B, A];
  assertEquals(jpegs(run(packetsOf(frames))), frames);
});

Deno.test("a frame tells its packets, type and Q", () => {
  const packets = packetsOf([testJpeg(160, 120, { restartInterval: 5 })]);
  const [frame] = run(packets);
  assert(frame?.kind === "frame");
  const { kind, jpeg: _, ...facts } = frame;
  assertEquals(kind, "frame");
  assertEquals(facts, {
    timestamp: 0xffff_f000,
    firstSequence: FIRST_SEQUENCE,
    lastSequence: (FIRST_SEQUENCE + packets.length - 1) & 0xffff,
    packets: packets.length,
    width: 160,
    height: 120,
    type: 65,
    q: 255,
    typeSpecific: 0,
  });
});

Deno.test("a frame comes out with its last packet, and the payload's memory is not kept", () => {
  const depacketizer = new JpegDepacketizer();
  const receive = new Uint8Array(300);
  const outcomes = packetsOf([A, B]).flatMap((packet) => {
    receive.set(packet.payload);
    const payload = receive.subarray(0, packet.payload.length);
    const out = depacketizer.push({ ...packet, payload });
    assertEquals(out.length, packet.marker ? 1 : 0);
    receive.fill(0xee);
    return out;
  });
  assertEquals(jpegs(outcomes), [A, B]);
  assertEquals(depacketizer.finish(), []);
});

Deno.test("an odd size comes back as told by x-dimensions, else rounded up", async () => {
  const jpeg = testJpeg(322, 242);
  const sizes = (options?: DepacketizerOptions): number[] => {
    const [frame] = run(packetsOf([jpeg]), options);
    assert(frame?.kind === "frame");
    const info = inspectJpeg(frame.jpeg);
    assertEquals([info.width, info.height], [frame.width, frame.height]);
    return [frame.width, frame.height];
  };
  assertEquals(sizes(), [328, 248]);
  assertEquals(sizes({ dimensions: { width: 322, height: 242 } }), [322, 242]);
  assertEquals(sizes({ dimensions: { width: 640, height: 480 } }), [328, 248]);
  const [frame] = jpegs(run(packetsOf([jpeg]), { dimensions: { width: 322, height: 242 } }));
  assertEquals((await decode(frame!)).data, (await decode(jpeg)).data);
});

Deno.test("a picture above 2040 pixels needs x-dimensions", () => {
  const jpeg = testJpeg(2056, 8);
  const dimensions = { width: 2056, height: 8 };
  assertEquals(jpegs(run(packetsOf([jpeg]), { dimensions })), [jpeg]);
  assertEquals(tell(run(packetsOf([jpeg]))), ["The size is 0, and no a=x-dimensions tells it"]);
});

Deno.test("EOI is added where a sender leaves it out, whatever the scan's last bytes are", () => {
  for (const ending of [[0x12, 0x34], [0x12, 0xd9], [0xff, 0x00]]) {
    const scan = Uint8Array.of(...new Array(600).fill(0x55), ...ending);
    const info = inspectJpeg(A);
    const file = concat(A.subarray(0, info.scanStart), scan, Uint8Array.of(0xff, 0xd9));
    const packets = packetsOf([file]);
    const last = parseJpegPayload(packets.at(-1)!.payload);
    packets[packets.length - 1] = but(packets.at(-1)!, { data: last.data.subarray(0, -2) });
    assertEquals(jpegs(run(packets)), [file]);
  }
});

Deno.test("Q 1 to 99 stand for computed tables", () => {
  for (const q of [1, 50, 70, 99]) {
    const packets = packetsOf([A]).map((packet) => but(packet, { q, quantization: undefined }));
    const [jpeg] = jpegs(run(packets));
    const { quantizationTables } = inspectJpeg(jpeg!);
    assertEquals(quantizationTables[0]!.entries.slice(), quantizationPair(q).luminance);
    assertEquals(quantizationTables[1]!.entries.slice(), quantizationPair(q).chrominance);
  }
});

Deno.test("tables of Q 128 to 254 are kept for frames with Length 0", () => {
  const empty = { mbz: 0, precision: 0, tables: new Uint8Array() };
  for (const q of [128, 254]) {
    const packets = packetsOf([A, A, B]).map((packet) => but(packet, { q }));
    const starts = packets.flatMap((p, i) => parseJpegPayload(p.payload).quantization ? [i] : []);
    assertEquals(starts.length, 3);
    const second = starts[1]!;
    packets[second] = but(packets[second]!, { quantization: empty });
    assertEquals(jpegs(run(packets)), [A, A, B]);
    // Joined after the tables were sent, and after a reset.
    const late = packets.slice(second, starts[2]);
    const reason = `The quantization tables of Q ${q} have not come yet`;
    assertEquals(tell(run(late)), [reason]);
    const depacketizer = new JpegDepacketizer();
    for (const packet of packets) depacketizer.push(packet);
    depacketizer.reset();
    assertEquals(tell(late.flatMap((packet) => depacketizer.push(packet))), [reason]);
  }
});

Deno.test("each Q keeps its own tables, and new ones replace them", () => {
  const empty = { mbz: 0, precision: 0, tables: new Uint8Array() };
  const packets = packetsOf([A, B, A, B, B, B], 8000);
  const qs = [200, 201, 200, 201, 200, 200];
  const sent = packets.map((packet, i) => {
    const q = qs[i]!;
    return but(packet, [2, 3, 5].includes(i) ? { q, quantization: empty } : { q });
  });
  assertEquals(jpegs(run(sent)), [A, B, A, B, B, B]);
});

Deno.test("a single table serves all components, as ffmpeg's muxer sends it (Length 64)", () => {
  const [first, ...later] = packetsOf([A]);
  const tables = parseJpegPayload(first!.payload).quantization!.tables.subarray(0, 64);
  const [jpeg] = jpegs(run([
    but(first!, { quantization: { mbz: 0, precision: 0, tables } }),
    ...later,
  ]));
  const { quantizationTables: [luminance, chrominance] } = inspectJpeg(jpeg!);
  assertEquals(luminance!.entries.slice(), quantizationPair(50).luminance);
  assertEquals(chrominance!.entries.slice(), quantizationPair(50).luminance);
});

Deno.test("tables of 16 bits are taken, and the file says so", async () => {
  const [first, ...later] = packetsOf([A]);
  const pair = quantizationPair(50);
  const wide = Uint8Array.from(
    { length: 128 },
    (_, i) => i % 2 === 0 ? 0 : pair.luminance[i >> 1]!,
  );
  const tables = concat(wide, pair.chrominance);
  const [jpeg] = jpegs(run([
    but(first!, { quantization: { mbz: 0, precision: 1, tables } }),
    ...later,
  ]));
  const info = inspectJpeg(jpeg!);
  assertEquals([info.frameMarker, info.quantizationTables[0]!.bits], [0xc1, 16]);
  assertEquals((await decode(jpeg!)).data, (await decode(A)).data);
});

Deno.test("a third table and an MBZ other than 0 do no harm", () => {
  const [first, ...later] = packetsOf([A]);
  const tables = concat(parseJpegPayload(first!.payload).quantization!.tables, new Uint8Array(64));
  const changed = but(first!, { quantization: { mbz: 9, precision: 0, tables } });
  assertEquals(jpegs(run([changed, ...later])), [A]);
});

Deno.test("what a receiver cannot know damages the frame, with the reason", async (t) => {
  const [first, second, ...later] = packetsOf([A]);
  const quantization = (length: number): Partial<JpegPayload> => {
    return { quantization: { mbz: 0, precision: 0, tables: new Uint8Array(length) } };
  };
  const restart = { interval: 4, first: true, last: true, count: 0 };
  const all = (change: Partial<JpegPayload>): JpegPacket[] => {
    return [first!, second!, ...later].map((packet) => but(packet, change));
  };
  const cases: [reason: string, packets: JpegPacket[]][] = [
    ["Q 0 is reserved", all({ q: 0, quantization: undefined })],
    ["Q 100 is reserved", all({ q: 100, quantization: undefined })],
    ["Q 127 is reserved", all({ q: 127, quantization: undefined })],
    ["Q 255 without quantization tables", [but(first!, quantization(0)), second!, ...later]],
    ["63 bytes of quantization tables, not 128", [but(first!, quantization(63)), ...later]],
    ["127 bytes of quantization tables, not 128", [but(first!, quantization(127)), ...later]],
    ["Type 2 is not known", all({ type: 2 })],
    ["Type 66 is not known", all({ type: 66, restart })],
    ["Type 128 is not known", all({ type: 128 })],
    ["The type changes within a frame", [first!, but(second!, { type: 0 }), ...later]],
    ["Q changes within a frame", [first!, but(second!, { q: 254 }), ...later]],
    ["The size changes within a frame", [first!, but(second!, { width: 168 }), ...later]],
    [
      "The restart interval changes within a frame",
      [
        but(first!, { type: 65, restart }),
        but(second!, { type: 65, restart: { ...restart, interval: 5 } }),
        ...later,
      ],
    ],
    [
      "JPEG payload: Needs 3 more bytes, only 2 are left (at byte 1)",
      [first!, { ...second!, payload: second!.payload.subarray(0, 3) }, ...later],
    ],
    ["The scan is empty", [{ ...but(first!, { data: new Uint8Array() }), marker: true }]],
  ];
  for (const [reason, packets] of cases) {
    await t.step(reason, () => {
      const next = packetsOf([B], 300, packets.at(-1)!.sequence + 1);
      const outcomes = run([...packets, ...next.map((packet) => ({ ...packet, timestamp: 77 }))]);
      assertEquals(tell(outcomes), [reason, "frame"]);
      assertEquals(jpegs(outcomes), [B]);
    });
  }
});

Deno.test("each lost packet damages its frame and no other, and is told where", () => {
  const packets = packetsOf([A, B, A]);
  const from = packets.findIndex((packet) => packet.marker) + 1;
  const to = packets.findIndex((packet, i) => i >= from && packet.marker);
  for (let lost = from; lost <= to; lost++) {
    const outcomes = run(packets.toSpliced(lost, 1));
    assertEquals(jpegs(outcomes), [A, A]);
    const [, damaged] = outcomes;
    assert(damaged?.kind === "damaged");
    const { fragmentOffset, data } = parseJpegPayload(packets[lost]!.payload);
    const gap = `Bytes ${fragmentOffset} to ${fragmentOffset + data.length - 1} of the scan`;
    assertEquals(damaged.packets, to - from);
    if (lost === from) {
      assertEquals(damaged.reason, `The beginning is missing, up to byte ${data.length}`);
    } else if (lost === to) {
      assertEquals(damaged.reason, "The end is missing: no packet has the marker");
    } else {
      assertEquals(damaged.reason, `${gap} are missing`);
    }
  }
});

Deno.test("a frame that stays incomplete at the end is told by finish", () => {
  const depacketizer = new JpegDepacketizer();
  for (const packet of packetsOf([A]).slice(0, -1)) assertEquals(depacketizer.push(packet), []);
  assertEquals(tell(depacketizer.finish()), ["The end is missing: no packet has the marker"]);
  assertEquals(depacketizer.finish(), []);
});

Deno.test("joining in the middle of a frame is no damage", () => {
  const packets = packetsOf([A, B]);
  const [joined, frame, ...more] = run(packets.slice(2));
  assertEquals([joined?.kind, frame?.kind, more.length], ["joined", "frame", 0]);
  assertEquals(joined!.timestamp, packets[0]!.timestamp);
  assertEquals(joined!.firstSequence, packets[2]!.sequence);
});

Deno.test("a frame of a single packet can end two frames", () => {
  const small = testJpeg(16, 16, { quality: 20 });
  const packets = packetsOf([A, small]);
  const last = packets.length - 1;
  assert(packets[last]!.marker && packets[last - 1]!.marker);
  const depacketizer = new JpegDepacketizer();
  for (const packet of packets.slice(0, last - 1)) depacketizer.push(packet);
  assertEquals(tell(depacketizer.push(packets[last]!)), [
    "The end is missing: no packet has the marker",
    "frame",
  ]);
});

Deno.test("frames of one timestamp are told apart by their markers", () => {
  const packets = packetsOf([A, B, A]).map((packet) => ({ ...packet, timestamp: 5 }));
  assertEquals(jpegs(run(packets)), [A, B, A]);
  const from = packets.findIndex((packet) => packet.marker) + 1;
  assertEquals(jpegs(run(packets.toSpliced(from + 1, 1))), [A, A]);
});

Deno.test("without any marker a frame ends with the next timestamp, when it ends with EOI", () => {
  const packets = packetsOf([A, B]).map((packet) => ({ ...packet, marker: false }));
  assertEquals(jpegs(run(packets)), [A, B]);
});

Deno.test("late packets and duplicates of frames that have ended are passed over", () => {
  const packets = packetsOf([A, B]);
  const twice = packets.flatMap((packet) => [packet, packet]);
  assertEquals(jpegs(run(twice)), [A, B]);
  const ended = packets.findIndex((packet) => packet.marker);
  // A middle packet of A once more, when B has begun.
  assertEquals(jpegs(run(packets.toSpliced(ended + 3, 0, packets[1]!))), [A, B]);
  // The marker packet of A too late: A is lost, B is not.
  const late = packets.toSpliced(ended, 1).toSpliced(ended + 1, 0, packets[ended]!);
  assertEquals(tell(run(late)), ["The end is missing: no packet has the marker", "frame"]);
});

Deno.test("a sender that begins anew far behind is followed", () => {
  const again = packetsOf([A], 300, 20_000).map((packet) => ({ ...packet, timestamp: 1 }));
  assertEquals(jpegs(run([...packetsOf([A], 300, 30_000), ...again])), [A, A]);
});

Deno.test("empty fragments and an offset that never moves are told from frames", () => {
  const packets = packetsOf([A]);
  const empty = { ...but(packets[2]!, { data: new Uint8Array() }), sequence: packets[2]!.sequence };
  assertEquals(jpegs(run(packets.toSpliced(2, 0, empty))), [A]);
  const { quantization } = parseJpegPayload(packets[0]!.payload);
  const stuck = packets.map((packet) => but(packet, { fragmentOffset: 0, quantization }));
  const [outcome] = run(stuck);
  assert(outcome?.kind === "damaged");
  assert(outcome.reason.startsWith("Fragments lie behind byte"), outcome.reason);
});

Deno.test("a scan of as many bytes as the ceiling is a frame, of one more is not", () => {
  const scan = A.length - inspectJpeg(A).scanStart;
  assertEquals(tell(run(packetsOf([A]), { mostBytes: scan })), ["frame"]);
  const [reason, ...more] = tell(run(packetsOf([A]), { mostBytes: scan - 1 }));
  assertEquals(more, []);
  assertEquals(reason, `The scan has ${scan} bytes or more, the ceiling is ${scan - 1}`);
});

Deno.test("the packets of a frame may come in any order", () => {
  const size = packetsOf([A]).length;
  const order = fc.shuffledSubarray(Array.from({ length: size }, (_, i) => i), {
    minLength: size,
    maxLength: size,
  });
  fc.assert(fc.property(order, (indices) => {
    const packets = packetsOf([A]);
    assertEquals(jpegs(run(indices.map((i) => packets[i]!))), [A]);
  }));
});

Deno.test("mutated packets damage frames at most, and every frame given is a JPEG", () => {
  const packets = packetsOf([A, B, A]);
  const change = fc.record({
    packet: fc.nat(packets.length - 1),
    at: fc.nat(20),
    value: fc.nat(255),
    cut: fc.option(fc.nat(40)),
    drop: fc.boolean(),
    flip: fc.boolean(),
    timestamp: fc.option(fc.nat(0xffff_ffff)),
    sequence: fc.option(fc.nat(0xffff)),
  });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const sent = packets.map((packet) => ({ ...packet, payload: packet.payload.slice() }));
      const dropped = new Set<number>();
      for (const { packet, at, value, cut, drop, flip, timestamp, sequence } of changes) {
        const target = sent[packet]!;
        target.payload[at] = value;
        if (cut !== null) target.payload = target.payload.subarray(0, cut);
        if (drop) dropped.add(packet);
        if (flip) target.marker = !target.marker;
        target.timestamp = timestamp ?? target.timestamp;
        target.sequence = sequence ?? target.sequence;
      }
      const kept = sent.filter((_, i) => !dropped.has(i));
      const before = kept.map((packet) => packet.payload.slice());
      for (const outcome of run(kept)) {
        assert(outcome.packets > 0);
        if (outcome.kind === "frame") {
          const info = inspectJpeg(outcome.jpeg);
          assertEquals([info.width, info.height], [outcome.width, outcome.height]);
        }
      }
      assertEquals(kept.map((packet) => packet.payload.slice()), before);
    }),
    { numRuns: 300 },
  );
});

Deno.test("random payloads are no frames and no crashes", () => {
  const packet = fc.record({
    payload: fc.uint8Array({ maxLength: 200 }),
    marker: fc.boolean(),
    timestamp: fc.nat(3),
    sequence: fc.nat(0xffff),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 20 }), (packets) => {
      const outcomes = run(packets, { mostBytes: 10_000 });
      assert(outcomes.length <= packets.length);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a file with a comment and a missing EOI loses both, not its pixels", async () => {
  const comment = Uint8Array.of(0xff, 0xfe, 0, 5, 1, 2, 3);
  const odd = splice(A.subarray(0, -2), [2, 2], comment);
  const [jpeg] = jpegs(run(packetsOf([odd])));
  assertEquals((await decode(jpeg!)).data, (await decode(A)).data);
});
