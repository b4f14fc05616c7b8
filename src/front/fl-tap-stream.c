/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-tap-stream.h"

#define FL_TYPE_TAP_INPUT (fl_tap_input_get_type ())
G_DECLARE_FINAL_TYPE (FlTapInput, fl_tap_input, FL, TAP_INPUT, GFilterInputStream)

/* The reading side, which tells of what is read. */
struct _FlTapInput
{
  GFilterInputStream parent_instance;

  FlTapFunc          func;
  gpointer           user_data;
  GDestroyNotify     destroy;
};

static void fl_tap_input_pollable_init (GPollableInputStreamInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlTapInput, fl_tap_input, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, fl_tap_input_pollable_init))

static GInputStream *
base_of (gpointer self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

static gboolean
fl_tap_input_is_readable (GPollableInputStream *stream)
{
  return g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base_of (stream)));
}

/* That of the stream below: who waits hears of the same moment, and every source less counts, as each call waits twice. Its
 * function would be given the stream below, which SoupServer does not look at. */
static GSource *
fl_tap_input_create_source (GPollableInputStream *stream,
                            GCancellable         *cancellable)
{
  return g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base_of (stream)), cancellable);
}

static gssize
fl_tap_input_read_nonblocking (GPollableInputStream  *stream,
                               void                  *buffer,
                               gsize                  count,
                               GError               **error)
{
  FlTapInput *self = FL_TAP_INPUT (stream);
  gssize read = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (base_of (stream)), buffer, count,
                                                          NULL, error);

  self->func (read, self->user_data);
  return read;
}

static void
fl_tap_input_finalize (GObject *object)
{
  FlTapInput *self = FL_TAP_INPUT (object);

  self->destroy (self->user_data);

  G_OBJECT_CLASS (fl_tap_input_parent_class)->finalize (object);
}

static void
fl_tap_input_class_init (FlTapInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_tap_input_finalize;
}

static void
fl_tap_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = fl_tap_input_is_readable;
  iface->create_source = fl_tap_input_create_source;
  iface->read_nonblocking = fl_tap_input_read_nonblocking;
}

static void
fl_tap_input_init (FlTapInput *self)
{
}

/**
 * FlTapStream:
 *
 * A connection whose owner hears when it is read from: SoupServer does not tell that a request has begun before it has
 * a whole line of it, nor that a connection has ended between two requests.
 */
struct _FlTapStream
{
  GIOStream     parent_instance;

  GIOStream    *base;
  GInputStream *input;
};

G_DEFINE_FINAL_TYPE (FlTapStream, fl_tap_stream, G_TYPE_IO_STREAM)

static GInputStream *
fl_tap_stream_get_input_stream (GIOStream *stream)
{
  return FL_TAP_STREAM (stream)->input;
}

static GOutputStream *
fl_tap_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (FL_TAP_STREAM (stream)->base);
}

static gboolean
fl_tap_stream_close (GIOStream     *stream,
                     GCancellable  *cancellable,
                     GError       **error)
{
  return g_io_stream_close (FL_TAP_STREAM (stream)->base, cancellable, error);
}

static void
fl_tap_stream_finalize (GObject *object)
{
  FlTapStream *self = FL_TAP_STREAM (object);

  g_object_unref (self->input);
  g_object_unref (self->base);

  G_OBJECT_CLASS (fl_tap_stream_parent_class)->finalize (object);
}

static void
fl_tap_stream_class_init (FlTapStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_tap_stream_finalize;
  stream_class->get_input_stream = fl_tap_stream_get_input_stream;
  stream_class->get_output_stream = fl_tap_stream_get_output_stream;
  stream_class->close_fn = fl_tap_stream_close;
}

static void
fl_tap_stream_init (FlTapStream *self)
{
}

/**
 * fl_tap_stream_new:
 * @base: a connection, pollable both ways
 * @func: told of every attempt to read
 * @user_data: (transfer full): for @func
 * @destroy: frees @user_data, as soon as nobody can read any more
 *
 * Returns: (transfer full): @base, tapped; closing it closes @base
 */
GIOStream *
fl_tap_stream_new (GIOStream      *base,
                   FlTapFunc       func,
                   gpointer        user_data,
                   GDestroyNotify  destroy)
{
  FlTapStream *self = g_object_new (FL_TYPE_TAP_STREAM, NULL);
  FlTapInput *input = g_object_new (FL_TYPE_TAP_INPUT, "base-stream", g_io_stream_get_input_stream (base),
                                    "close-base-stream", FALSE, NULL);

  input->func = func;
  input->user_data = user_data;
  input->destroy = destroy;
  self->base = g_object_ref (base);
  self->input = G_INPUT_STREAM (input);
  return G_IO_STREAM (self);
}
