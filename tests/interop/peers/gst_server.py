"""Serves an AVI file of Motion-JPEG with GStreamer's RTSP server.

    gst_server.py FILE

Listens on any free port of 127.0.0.1 and prints it as one JSON object: {"port": …}. The stream is
/clip, for each viewer from its beginning. SIGTERM ends it.
"""

import json
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402


def main(file):
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{file}" ! avidemux ! jpegparse ! rtpjpegpay name=pay0 pt=26 )'
    )
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main(*sys.argv[1:])
