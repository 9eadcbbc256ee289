"""Serves whatever a pipeline makes with GStreamer's RTSP server.

    gst_launch_server.py PIPELINE [--tcp-only] [--udp-only]

PIPELINE is as in gst-launch, with payloaders called pay0, pay1 and so on. Listens on any free port
of 127.0.0.1 and prints it as one JSON object: {"port": …}. The stream is /clip, for each viewer from
its beginning. SIGTERM ends it.
"""

import argparse
import json
import signal

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--tcp-only", action="store_true")
    parser.add_argument("--udp-only", action="store_true")
    options = parser.parse_args()
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {options.pipeline} )")
    if options.tcp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
    if options.udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main()
