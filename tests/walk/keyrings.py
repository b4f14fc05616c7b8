#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyrings that cannot be had for the asking: keyrings.py portal|broken

portal stands in for the Secret portal, which exists for sandboxed programs only: it says "asked" and keeps whoever asks
waiting until a line comes from standard input: "give" hands out the secret, now and from now on; "refuse" refuses.
broken is a Secret Service that answers everything with an error."""

import os
import sys

from gi.repository import Gio, GLib

# A portal that has no proxies to tell is complained about by glib-networking of later years.
PROXIES = Gio.DBusNodeInfo.new_for_xml("""<node><interface name="org.freedesktop.portal.ProxyResolver">
  <method name="Lookup"><arg type="s" direction="in"/><arg type="as" direction="out"/></method>
</interface></node>""")
PORTAL = Gio.DBusNodeInfo.new_for_xml("""<node><interface name="org.freedesktop.portal.Secret">
  <method name="RetrieveSecret"><arg type="h" direction="in"/><arg type="a{sv}" direction="in"/>
    <arg type="o" direction="out"/></method>
  <property name="version" type="u" access="read"/>
</interface></node>""")
SECRET = b"a secret of this computer alone, 64 bytes of it as the portal has"


class Portal:
    def __init__(self, bus):
        self.bus = bus
        self.order = None
        self.requests = 0
        self.waiting = []
        bus.register_object("/org/freedesktop/portal/desktop", PORTAL.interfaces[0], self.on_called,
                            lambda *_: GLib.Variant("u", 1), None)
        bus.register_object("/org/freedesktop/portal/desktop", PROXIES.interfaces[0],
                            lambda *call: call[-1].return_value(GLib.Variant("(as)", (["direct://"],))), None, None)

    def on_called(self, connection, sender, path, interface, method, parameters, invocation):
        number, options = parameters.unpack()
        self.requests += 1
        token = options.get("handle_token", self.requests)
        handle = f"/org/freedesktop/portal/desktop/request/{sender[1:].replace('.', '_')}/{token}"
        descriptor = invocation.get_message().get_unix_fd_list().get(number)
        invocation.return_value(GLib.Variant("(o)", (handle,)))
        self.waiting.append((sender, handle, descriptor))
        print("asked", flush=True)
        self.obey(self.order)

    def obey(self, order):
        self.order = order
        for sender, handle, descriptor in self.waiting if order else ():
            if order == "give":
                os.write(descriptor, SECRET)
            os.close(descriptor)
            # libsecret listens for the answer once it has the handle only: it is said again for those who come late
            for number in range(50):
                GLib.timeout_add(200 * number, self.respond, sender, handle, 0 if order == "give" else 2)
            print("answered", flush=True)
        if order:
            self.waiting.clear()

    def respond(self, sender, handle, result):
        self.bus.emit_signal(sender, handle, "org.freedesktop.portal.Request", "Response",
                             GLib.Variant("(ua{sv})", (result, {})))
        return False

    def on_line(self, source, condition):
        line = sys.stdin.readline()
        self.obey(line.strip())
        return bool(line)


def refuse_all(connection, message, incoming):
    if not incoming or message.get_message_type() != Gio.DBusMessageType.METHOD_CALL:
        return message
    connection.send_message(message.new_method_error_literal("org.freedesktop.DBus.Error.Failed", "Not today"),
                            Gio.DBusSendMessageFlags.NONE)
    return None


the_bus = Gio.bus_get_sync(Gio.BusType.SESSION)
if sys.argv[1] == "portal":
    portal = Portal(the_bus)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN, portal.on_line)
    Gio.bus_own_name_on_connection(the_bus, "org.freedesktop.portal.Desktop", Gio.BusNameOwnerFlags.NONE, None, None)
else:
    the_bus.add_filter(refuse_all)
    Gio.bus_own_name_on_connection(the_bus, "org.freedesktop.secrets", Gio.BusNameOwnerFlags.NONE, None, None)
GLib.MainLoop().run()
