import type { Command, CommandContext } from "./command.ts";
import { dumpCapture } from "./dump_capture.ts";
import { dumpFile } from "./dump_frames.ts";
import { PacketDump } from "./dump_packets.ts";
import { type DumpPlan, dumpPlan, FLAGS } from "./dump_settings.ts";
import { parseSource } from "./dump_source.ts";
import { StreamDump } from "./dump_stream.ts";
import { parseFlags } from "./flags.ts";
import { isRecordingName } from "./probe_file.ts";

async function run(args: string[], context: CommandContext): Promise<number> {
  const { flags, words } = parseFlags(args, FLAGS);
  const source = await parseSource(words);
  const plan = dumpPlan(flags);
  if (source.form === "file") {
    const units = isOfUnits(plan) && isRecordingName(source.path)
      ? await dumpCapture(source.path, plan, flags, context)
      : undefined;
    return units ?? await dumpFile(source, plan, flags, context);
  }
  const { chosen } = plan;
  return chosen.kind === "packets"
    ? await new PacketDump(plan, flags, context).run(chosen.name, source)
    : await new StreamDump(plan, flags, context).run(source);
}

/** Whether what is dumped may be something else than pictures of JPEG. */
function isOfUnits({ chosen }: DumpPlan): boolean {
  return chosen.kind === "units" || (chosen.kind === "frames" && chosen.usual);
}

export const dump: Command = {
  name: "dump",
  summary: "write the frames of a stream or a file to disk",
  usage: [
    "rtspkit dump URL --out PATH [flags]",
    "rtspkit dump HOST PORT RTP_PORT FILE --out PATH [flags]",
    "rtspkit dump FILE|FOLDER --out PATH [flags]",
  ],
  examples: [
    [
      "rtspkit dump localhost 5678 6666 movie.Mjpeg --out frames/",
      "every frame as frames/frame-000001.jpg and so on, and frames/frames.jsonl about them",
    ],
    [
      "rtspkit dump rtsp://192.0.2.7/stream1 --out camera.mp4 --segment 10m",
      "record a camera's H.264 and AAC into camera-000001.mp4 and so on, ten minutes each",
    ],
    [
      "rtspkit dump rtsp://192.0.2.7/stream1 --out camera/ --duration 1m",
      "each of its tracks as it is: camera/video.h264, camera/audio.wav, and what is to know of each unit",
    ],
    [
      "rtspkit dump clip.avi --out movie.Mjpeg",
      "make a lab file, which rtspkit serve and lab servers can play, of any media file",
    ],
    [
      "rtspkit dump capture.pcapng --out camera.mp4",
      "the H.264 and AAC in a recording of packets, by Wireshark, tcpdump or --pcap",
    ],
  ],
  flags: FLAGS,
  run,
};
