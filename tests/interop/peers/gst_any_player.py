"""Plays RTSP streams with GStreamer's rtspsrc, one after the other, and keeps the JPEG of every frame.

    gst_any_player.py JOBS

JOBS is a JSON file, a list of objects: url, transport (udp or tcp), folder, frames. A stream is
played until it has brought that many frames, or ends; it may go on without an end. Ends with status
1 when GStreamer posts an error or a warning, or when frames do not come; what is missing is for the
caller to see.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst  # noqa: E402

# rtspsrc leaves without a word when the answer to TEARDOWN takes longer than 0.1 s.
TEARDOWN_PATIENCE = 5 * Gst.SECOND
PATIENCE_SECONDS = 20


class Player:
    def __init__(self, job):
        self.job = job
        self.frames = 0
        self.trouble = []
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(
            f'rtspsrc location="{job["url"]}" protocols={job["transport"]} '
            f"teardown-timeout={TEARDOWN_PATIENCE} "
            "! rtpjpegdepay ! fakesink name=sink signal-handoffs=true sync=false async=false"
        )
        self.pipeline.get_by_name("sink").connect("handoff", self.take)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.hear)

    def play(self):
        timer = GLib.timeout_add_seconds(PATIENCE_SECONDS, self.give_up)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        GLib.source_remove(timer)
        # On its way out rtspsrc cancels its own requests, and sometimes calls that an error.
        Gst.debug_set_default_threshold(Gst.DebugLevel.NONE)
        self.pipeline.set_state(Gst.State.NULL)
        Gst.debug_set_default_threshold(Gst.DebugLevel.ERROR)
        return self.trouble

    def take(self, _sink, buffer, _pad):
        """A frame, on a thread of the pipeline: the rest is done by the main loop."""
        if self.frames == self.job["frames"]:
            return
        self.frames += 1
        with open(f"{self.job['folder']}/{self.frames:06}.jpg", "wb") as file:
            file.write(buffer.extract_dup(0, buffer.get_size()))
        if self.frames == self.job["frames"]:
            GLib.idle_add(self.loop.quit)

    def give_up(self):
        self.trouble.append(f"{self.frames} frames in {PATIENCE_SECONDS} s")
        self.loop.quit()
        return GLib.SOURCE_CONTINUE

    def hear(self, _bus, message):
        if message.type == Gst.MessageType.EOS:
            self.loop.quit()
        elif message.type == Gst.MessageType.ERROR:
            self.trouble.append(str(message.parse_error()))
            self.loop.quit()
        elif message.type == Gst.MessageType.WARNING:
            self.trouble.append(str(message.parse_warning()))


def main():
    Gst.init(None)
    # On a busy machine the jitter buffer warns of time that passed; what matters is on the bus.
    Gst.debug_set_default_threshold(Gst.DebugLevel.ERROR)
    status = 0
    with open(sys.argv[1]) as file:
        jobs = json.load(file)
    for job in jobs:
        trouble = Player(job).play()
        if trouble:
            status = 1
            print(job["url"], job["transport"], *trouble, file=sys.stderr)
    return status


sys.exit(main())
