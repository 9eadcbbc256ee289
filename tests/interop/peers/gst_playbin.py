"""Plays a URL with GStreamer's playbin as a person's player would, into fake sinks.

    gst_playbin.py URL udp|tcp

Prints what was played as one JSON object. Ends with status 0 at the end of the stream, 1 when
GStreamer posts an error or a warning.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402


def main(url, transport):
    Gst.init(None)
    shown = {"frames": 0, "caps": None}
    trouble = []

    def show(_sink, _buffer, pad):
        shown["frames"] += 1
        caps = pad.get_current_caps().get_structure(0)
        shown["caps"] = [caps.get_value("width"), caps.get_value("height")]

    def prepare(_player, source):
        source.set_property("protocols", transport)
        # rtspsrc leaves without a word when the answer to TEARDOWN takes longer than 0.1 s.
        source.set_property("teardown-timeout", 5 * Gst.SECOND)

    video = Gst.ElementFactory.make("fakesink")
    video.set_property("signal-handoffs", True)
    # Every frame counts here, also one that a busy machine decodes late.
    video.set_property("sync", False)
    video.connect("handoff", show)
    player = Gst.ElementFactory.make("playbin")
    player.set_property("video-sink", video)
    player.set_property("audio-sink", Gst.ElementFactory.make("fakesink"))
    player.connect("source-setup", prepare)
    player.set_property("uri", url)
    player.set_state(Gst.State.PLAYING)
    wanted = Gst.MessageType.EOS | Gst.MessageType.ERROR | Gst.MessageType.WARNING
    message = player.get_bus().timed_pop_filtered(Gst.CLOCK_TIME_NONE, wanted)
    if message.type == Gst.MessageType.ERROR:
        trouble.append(str(message.parse_error()))
    elif message.type == Gst.MessageType.WARNING:
        trouble.append(str(message.parse_warning()))
    # On its way out rtspsrc cancels its own PAUSE to send TEARDOWN, and sometimes calls that an
    # error. It happens against every server.
    Gst.debug_set_active(False)
    player.set_state(Gst.State.NULL)
    print(json.dumps({**shown, "trouble": trouble}))
    return 1 if trouble else 0


sys.exit(main(*sys.argv[1:]))
