"""Serves what a pipeline makes with GStreamer's RTSP server.

    gst_media_server.py LAUNCH [--tcp-only | --udp-only] [--auth basic|digest]

LAUNCH is as gst-launch has it, with payloaders called pay0, pay1 … Listens on any free port of
127.0.0.1 and prints it as one JSON object: {"port": …}. The stream is /clip, for each viewer from
its beginning; with --auth for viewer, password secret. SIGTERM ends it.
"""

import argparse
import json
import signal

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

USER, PASSWORD = "viewer", "secret"


def demand_password(server, factory, scheme):
    """Lets only USER see and play what the factory makes."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", USER)
    auth = GstRtspServer.RTSPAuth()
    if scheme == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(USER, PASSWORD, token)
    else:
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(USER, PASSWORD), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role(USER, "media.factory.access", True)
    permissions.add_permission_for_role(USER, "media.factory.construct", True)
    factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("launch")
    parser.add_argument("--tcp-only", action="store_true")
    parser.add_argument("--udp-only", action="store_true")
    parser.add_argument("--auth", choices=["basic", "digest"])
    options = parser.parse_args()
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {options.launch} )")
    if options.tcp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.TCP)
    if options.udp_only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    if options.auth:
        demand_password(server, factory, options.auth)
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main()
