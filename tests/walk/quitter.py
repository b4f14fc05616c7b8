#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance that ends at the moment when it is asked to do something: quitter.py NAME PATH

Several of them wait for the name one behind the other, and the bus gives it to the next when one ends. Like a real one it
takes one call after the other: GDBus itself would answer one that is not named below, before this one has ended."""

import os
import sys

from gi.repository import Gio, GLib

NODE = Gio.DBusNodeInfo.new_for_xml("""<node>
  <interface name="org.gtk.Actions">
    <method name="DescribeAll"><arg type="a{s(bgav)}" direction="out"/></method>
    <method name="List"><arg type="as" direction="out"/></method>
  </interface>
  <interface name="org.gtk.Application">
    <method name="Activate"><arg type="a{sv}" direction="in"/></method>
    <method name="Open"><arg type="as" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/></method>
  </interface>
</node>""")


def on_called(connection, sender, path, interface, method, parameters, invocation):
    if method != "DescribeAll":
        os._exit(0)
    invocation.return_value(GLib.Variant("(a{s(bgav)})", ({},)))


name, path = sys.argv[1:]
bus = Gio.bus_get_sync(Gio.BusType.SESSION)
for interface in NODE.interfaces:
    bus.register_object(path, interface, on_called, None, None)
Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)
GLib.MainLoop().run()
