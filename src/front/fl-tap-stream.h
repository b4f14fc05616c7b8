/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define FL_TYPE_TAP_STREAM (fl_tap_stream_get_type ())
G_DECLARE_FINAL_TYPE (FlTapStream, fl_tap_stream, FL, TAP_STREAM, GIOStream)

/**
 * FlTapFunc:
 * @count: bytes read; 0 at the end of the stream; -1 when there was nothing to read yet, or an error
 * @user_data: what was given with it
 *
 * Is told of every attempt to read. It must not touch the stream.
 */
typedef void (*FlTapFunc) (gssize   count,
                           gpointer user_data);

GIOStream *fl_tap_stream_new (GIOStream      *base,
                              FlTapFunc       func,
                              gpointer        user_data,
                              GDestroyNotify  destroy);

G_END_DECLS
