/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-post-directory.h"

#include <errno.h>
#include <glib/gstdio.h>

/**
 * FlPostDirectory:
 *
 * The post that keeps every mail as a file in a directory: `<microseconds>-<random>.eml`, so that names sort by
 * time. A mail is written under a hidden name and renamed, so whoever lists `*.eml` never sees half of one.
 */
struct _FlPostDirectory
{
  GObject parent_instance;

  char *path;
};

static void fl_post_directory_post_init (FlPostInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlPostDirectory, fl_post_directory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FL_TYPE_POST, fl_post_directory_post_init))

static gboolean
set_error_from_errno (GError     **error,
                      const char  *what)
{
  int saved_errno = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s: %s", what, g_strerror (saved_errno));
  return FALSE;
}

static gboolean
fl_post_directory_deliver (FlPost        *post,
                           const char    *sender,
                           const char    *recipient,
                           GBytes        *message,
                           GCancellable  *cancellable,
                           GError       **error)
{
  FlPostDirectory *self = FL_POST_DIRECTORY (post);
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT "-%08x.eml", g_get_real_time (), g_random_int ());
  g_autofree char *hidden_name = g_strconcat (".", name, NULL);
  g_autofree char *final = g_build_filename (self->path, name, NULL);
  g_autofree char *hidden = g_build_filename (self->path, hidden_name, NULL);
  gboolean delivered;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (g_mkdir_with_parents (self->path, 0700) != 0)
    return set_error_from_errno (error, "Cannot make the mail directory");

  delivered = g_file_set_contents_full (hidden, g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                                        G_FILE_SET_CONTENTS_DURABLE, 0600, error);
  if (delivered && g_rename (hidden, final) != 0)
    delivered = set_error_from_errno (error, "Cannot name the mail");
  if (!delivered)
    g_unlink (hidden);
  return delivered;
}

static void
fl_post_directory_finalize (GObject *object)
{
  FlPostDirectory *self = FL_POST_DIRECTORY (object);

  g_free (self->path);
  G_OBJECT_CLASS (fl_post_directory_parent_class)->finalize (object);
}

static void
fl_post_directory_class_init (FlPostDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_post_directory_finalize;
}

static void
fl_post_directory_post_init (FlPostInterface *iface)
{
  iface->deliver = fl_post_directory_deliver;
}

static void
fl_post_directory_init (FlPostDirectory *self)
{
}

/**
 * fl_post_directory_new:
 * @path: the directory; it is made, for its owner only, when the first mail comes
 *
 * Returns: (transfer full): the post
 */
FlPost *
fl_post_directory_new (const char *path)
{
  FlPostDirectory *self = g_object_new (FL_TYPE_POST_DIRECTORY, NULL);

  self->path = g_strdup (path);
  return FL_POST (self);
}
