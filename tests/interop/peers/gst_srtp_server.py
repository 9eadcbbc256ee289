"""Serves an AVI file of Motion-JPEG as SRTP with GStreamer's RTSP server, over TLS.

    gst_srtp_server.py FILE PEM

PEM has the certificate and its key. Listens on any free port of 127.0.0.1 and prints it as one JSON
object: {"port": …}. The stream is /clip, for each viewer from its beginning, with the profile SAVP
and nothing else; the keys come by MIKEY. SIGTERM ends it.
"""

import argparse
import json
import signal

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("pem")
    options = parser.parse_args()
    Gst.init(None)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f'( filesrc location="{options.file}" ! avidemux ! jpegparse ! rtpjpegpay name=pay0 pt=26 )'
    )
    factory.set_profiles(GstRtsp.RTSPProfile.SAVP)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(options.pem))
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "anonymous")
    auth.set_default_token(token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("anonymous", "media.factory.access", True)
    permissions.add_permission_for_role("anonymous", "media.factory.construct", True)
    factory.set_permissions(permissions)
    server.get_mount_points().add_factory("/clip", factory)
    server.attach(None)
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main()
