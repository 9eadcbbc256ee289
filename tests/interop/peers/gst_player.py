"""Plays an RTSP stream with GStreamer's rtspsrc and keeps the JPEG of every frame.

    gst_player.py URL udp|tcp|udp-mcast FOLDER [--pause-at N] [--seek-at N --seek-to SECONDS]
        [--any-certificate]

After frame N it pauses and goes on, or seeks. Prints one JSON object a line: paused, playing and
sought with the number of frames so far, and at the end what was played. Ends with status 0 at the
end of the stream, 1 when GStreamer posts an error or a warning.
"""

import argparse
import json
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

# rtspsrc leaves without a word when the answer to TEARDOWN takes longer than 0.1 s.
TEARDOWN_PATIENCE = 5 * Gst.SECOND


class Player:
    def __init__(self, options):
        self.options = options
        self.frames = 0
        self.trouble = []
        self.resuming = False
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(
            f'rtspsrc location="{options.url}" protocols={options.transport} '
            f"teardown-timeout={TEARDOWN_PATIENCE} "
            f"{'tls-validation-flags=0 ' if options.any_certificate else ''}"
            "! rtpjpegdepay ! fakesink name=sink signal-handoffs=true sync=false async=false"
        )
        sink = self.pipeline.get_by_name("sink")
        sink.connect("handoff", self.take)
        # Frames may come from there before the seek has returned.
        sink.get_static_pad("sink").add_probe(Gst.PadProbeType.EVENT_FLUSH, self.flushed)
        self.frames_before_seek = None
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.hear)

    def play(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        # On its way out rtspsrc cancels its own PAUSE to send TEARDOWN, and sometimes calls that an
        # error. It happens against every server.
        Gst.debug_set_active(False)
        self.pipeline.set_state(Gst.State.NULL)
        self.tell("done", trouble=self.trouble)
        return 1 if self.trouble else 0

    def tell(self, event, **facts):
        print(json.dumps({"event": event, "frames": self.frames, **facts}), flush=True)

    def take(self, _sink, buffer, _pad):
        """A frame, on a thread of the pipeline: the rest is done by the main loop."""
        self.frames += 1
        with open(f"{self.options.folder}/{self.frames:06}.jpg", "wb") as file:
            file.write(buffer.extract_dup(0, buffer.get_size()))
        if self.frames == self.options.pause_at:
            GLib.idle_add(self.pause)
        if self.frames == self.options.seek_at:
            GLib.idle_add(self.seek)

    def pause(self):
        self.pipeline.set_state(Gst.State.PAUSED)
        self.tell("paused")
        return GLib.SOURCE_REMOVE

    def resume(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.tell("playing")

    def flushed(self, _pad, info):
        """What came before a seek ends here."""
        if info.get_event().type == Gst.EventType.FLUSH_STOP and self.frames_before_seek is None:
            self.frames_before_seek = self.frames
        return Gst.PadProbeReturn.OK

    def seek(self):
        position = int(self.options.seek_to * Gst.SECOND)
        if not self.pipeline.seek_simple(Gst.Format.TIME, Gst.SeekFlags.FLUSH, position):
            self.trouble.append("the seek was refused")
        self.tell("sought", frames=self.frames_before_seek)
        return GLib.SOURCE_REMOVE

    def hear(self, _bus, message):
        if message.type == Gst.MessageType.EOS:
            self.loop.quit()
        elif message.type == Gst.MessageType.ERROR:
            self.trouble.append(str(message.parse_error()))
            self.loop.quit()
        elif message.type == Gst.MessageType.WARNING:
            self.trouble.append(str(message.parse_warning()))
        elif message.type == Gst.MessageType.PROGRESS:
            _kind, _code, text = message.parse_progress()
            # Only now does the server know of it.
            if "Sent PAUSE" in text and not self.resuming:
                self.resuming = True
                self.resume()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("transport", choices=["udp", "tcp", "udp-mcast"])
    parser.add_argument("folder")
    parser.add_argument("--any-certificate", action="store_true")
    parser.add_argument("--pause-at", type=int)
    parser.add_argument("--seek-at", type=int)
    parser.add_argument("--seek-to", type=float)
    options = parser.parse_args()
    Gst.init(None)
    return Player(options).play()


sys.exit(main())
