/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages-test"

#include "config.h"

#include <gdk/x11/gdkx.h>

#include "fl-look.h"

/* Finds things on a page by what people call them, and does with them what people do. */

typedef gboolean (*IsIt) (GtkWidget  *widget,
                          const char *label);

static GtkWidget *
find (GtkWidget  *from,
      GType       type,
      IsIt        is_it,
      const char *label)
{
  if (g_type_is_a (G_OBJECT_TYPE (from), type) && (is_it == NULL || is_it (from, label)))
    return from;

  for (GtkWidget *child = gtk_widget_get_first_child (from); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, is_it, label);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
is_label (GtkWidget  *widget,
          const char *label)
{
  return g_strcmp0 (gtk_label_get_text (GTK_LABEL (widget)), label) == 0;
}

static gboolean
is_shown_label (GtkWidget  *widget,
                const char *label)
{
  return gtk_widget_get_mapped (widget) && is_label (widget, label);
}

static gboolean
is_field (GtkWidget  *widget,
          const char *label)
{
  return g_strcmp0 (fl_field_get_label (FL_FIELD (widget)), label) == 0;
}

static gboolean
is_button (GtkWidget  *widget,
           const char *label)
{
  return find (widget, GTK_TYPE_LABEL, is_label, label) != NULL;
}

/* The pointer would rest in the middle of the screen, where windows come up: then the tooltips of GTK 4.8 ask where it
 * is in a window that has been closed meanwhile, and complain. */
static void
park_pointer (void)
{
  Display *display = gdk_x11_display_get_xdisplay (gdk_display_get_default ());

  XWarpPointer (display, None, DefaultRootWindow (display), 0, 0, 0, 0, 0, 0);
}

FlLook *
fl_look_new (FlPose *pose)
{
  FlLook *look = g_new0 (FlLook, 1);

  park_pointer ();
  look->pose = pose;
  look->assistant = fl_assistant_new (pose->journey, pose->policy);
  look->window = g_object_new (ADW_TYPE_WINDOW,
                               "default-width", 760,
                               "default-height", 680,
                               "content", look->assistant,
                               NULL);
  gtk_window_present (GTK_WINDOW (look->window));
  fl_pose_settle ();

  return look;
}

/* Builds everything anew, as a change of the language does. */
void
fl_look_rebuild (FlLook *look)
{
  GtkWidget *assistant = fl_assistant_new (look->pose->journey, look->pose->policy);

  fl_assistant_take_over (FL_ASSISTANT (assistant), FL_ASSISTANT (look->assistant));
  look->assistant = assistant;
  adw_window_set_content (ADW_WINDOW (look->window), assistant);
  fl_pose_settle ();
}

void
fl_look_free (FlLook *look)
{
  gtk_window_destroy (GTK_WINDOW (look->window));
  fl_pose_settle ();
  fl_pose_free (look->pose);
  g_free (look);
}

/* The first widget of a type. */
GtkWidget *
fl_look_find (GtkWidget *from,
              GType      type)
{
  return find (from, type, NULL, NULL);
}

FlField *
fl_look_field (FlLook     *look,
               const char *label)
{
  GtkWidget *field = find (look->assistant, FL_TYPE_FIELD, is_field, label);

  g_assert_nonnull (field);

  return FL_FIELD (field);
}

GtkWidget *
fl_look_button (FlLook     *look,
                const char *label)
{
  GtkWidget *button = find (look->assistant, GTK_TYPE_BUTTON, is_button, label);

  g_assert_nonnull (button);

  return button;
}

/* Whether a text stands somewhere on the page, whole. */
gboolean
fl_look_shows (FlLook     *look,
               const char *label)
{
  fl_pose_settle ();

  return find (look->window, GTK_TYPE_LABEL, is_shown_label, label) != NULL;
}

void
fl_look_type (FlLook     *look,
              const char *label,
              const char *text)
{
  gtk_editable_set_text (fl_field_get_entry (fl_look_field (look, label)), text);
}

void
fl_look_press (FlLook     *look,
               const char *label)
{
  GtkWidget *button = fl_look_button (look, label);

  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
  fl_pose_settle ();
}

void
fl_look_press_return (FlLook     *look,
                      const char *label)
{
  g_signal_emit_by_name (gtk_editable_get_delegate (fl_field_get_entry (fl_look_field (look, label))), "activate");
  fl_pose_settle ();
}

/* A real key, by its X name, into the window: for what depends on where the keyboard is. */
void
fl_look_press_key (FlLook     *look,
                   const char *key)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (look->window));
  const char *arguments[] = { "xdotool", "key", key, NULL };
  g_autoptr (GSubprocess) presser = NULL;
  g_autoptr (GError) error = NULL;

  XSetInputFocus (gdk_x11_display_get_xdisplay (gtk_widget_get_display (look->window)),
                  gdk_x11_surface_get_xid (surface), RevertToParent, CurrentTime);
  gdk_display_sync (gtk_widget_get_display (look->window));
  presser = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (presser, NULL, NULL));
}

gboolean
fl_look_has_focus (FlLook     *look,
                   const char *label)
{
  GtkEditable *text = gtk_editable_get_delegate (fl_field_get_entry (fl_look_field (look, label)));

  return gtk_root_get_focus (GTK_ROOT (look->window)) == GTK_WIDGET (text);
}

typedef struct {
  gboolean done;
  char    *text;
} Reading;

static void
on_read_text_ready (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  Reading *reading = user_data;

  reading->text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
  reading->done = TRUE;
}

static gboolean
is_read (gpointer data)
{
  return ((Reading *) data)->done;
}

/* What would be pasted now, or NULL. */
char *
fl_look_read_clipboard (FlLook *look)
{
  Reading reading = { 0, };

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (look->window), NULL, on_read_text_ready, &reading);
  fl_pose_until (is_read, &reading);

  return reading.text;
}
