/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-test"

#include "config.h"

#include <adwaita.h>

#include "fl-clipboard.h"
#include "fl-password-field.h"

/* The minute that the clipboard keeps a secret. Nobody waits for it: its source is found in the main loop, is seen to be due
 * in a minute, and is made due now. And the selection, from which every program's middle button pastes: of a password it
 * never has more than dots, unless the person selects what is shown. */

#define SOURCE_NAME "[first-login] on_minute_over"
#define SOURCES_MAX 10000  /* ids are given out one by one, from 1 */

typedef struct
{
  GtkWidget    *window;
  GdkClipboard *clipboard;
} Desk;

static void
desk_set_up (Desk          *desk,
             gconstpointer  data)
{
  desk->window = g_object_ref_sink (gtk_window_new ());
  gtk_window_present (GTK_WINDOW (desk->window));
  desk->clipboard = gtk_widget_get_clipboard (desk->window);
}

static void
desk_tear_down (Desk          *desk,
                gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (desk->window));
  g_object_unref (desk->window);
}

static void
copy (Desk       *desk,
      const char *text)
{
  g_autoptr (FlSecret) secret = fl_secret_new (text);

  fl_clipboard_copy (desk->window, secret);
}

/* The loans that are under way, the newest last. */
static GPtrArray *
find_loans (void)
{
  GPtrArray *loans = g_ptr_array_new ();

  for (guint id = 1; id < SOURCES_MAX; id++)
    {
      GSource *source = g_main_context_find_source_by_id (NULL, id);

      if (source != NULL && g_strcmp0 (g_source_get_name (source), SOURCE_NAME) == 0)
        g_ptr_array_add (loans, source);
    }

  return loans;
}

static guint
count_loans (void)
{
  g_autoptr (GPtrArray) loans = find_loans ();

  return loans->len;
}

static void
let_minute_pass (void)
{
  g_autoptr (GPtrArray) loans = find_loans ();
  GSource *loan;

  g_assert_cmpuint (loans->len, ==, 1);
  loan = g_ptr_array_index (loans, 0);
  g_assert_cmpint (g_source_get_ready_time (loan) - g_get_monotonic_time (), <=, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (g_source_get_ready_time (loan) - g_get_monotonic_time (), >, 0);
  g_source_set_ready_time (loan, 0);
  while (count_loans () > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_forgets (Desk          *desk,
              gconstpointer  data)
{
  copy (desk, "JBSWY3DPEHPK3PXP");
  g_assert_nonnull (gdk_clipboard_get_content (desk->clipboard));
  let_minute_pass ();
  g_assert_null (gdk_clipboard_get_content (desk->clipboard));
}

/* What was copied over it is not ours to take away, and the secret is let go of at once. */
static void
test_spares_others (Desk          *desk,
                    gconstpointer  data)
{
  copy (desk, "JBSWY3DPEHPK3PXP");
  gdk_clipboard_set_text (desk->clipboard, "mine");
  g_assert_cmpuint (count_loans (), ==, 0);
  g_assert_nonnull (gdk_clipboard_get_content (desk->clipboard));
}

static void
test_taken_back (Desk          *desk,
                 gconstpointer  data)
{
  fl_clipboard_forget (desk->window);
  copy (desk, "JBSWY3DPEHPK3PXP");
  copy (desk, "GEZDGNBVGY3TQOJQ");
  fl_clipboard_forget (desk->window);
  g_assert_null (gdk_clipboard_get_content (desk->clipboard));
  g_assert_cmpuint (count_loans (), ==, 0);

  copy (desk, "JBSWY3DPEHPK3PXP");
  gdk_clipboard_set_text (desk->clipboard, "mine");
  fl_clipboard_forget (desk->window);
  g_assert_nonnull (gdk_clipboard_get_content (desk->clipboard));
}

/* The second secret has a minute of its own. */
static void
test_begins_anew (Desk          *desk,
                  gconstpointer  data)
{
  GdkContentProvider *second;

  copy (desk, "JBSWY3DPEHPK3PXP");
  copy (desk, "GEZDGNBVGY3TQOJQ");
  second = gdk_clipboard_get_content (desk->clipboard);
  g_assert_nonnull (second);
  let_minute_pass ();
  g_assert_null (gdk_clipboard_get_content (desk->clipboard));
}

static void
on_serialise_ready (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  gdk_content_provider_write_mime_type_finish (GDK_CONTENT_PROVIDER (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static char *
read_as (Desk       *desk,
         const char *mime_type)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  gboolean done = FALSE;

  gdk_content_provider_write_mime_type_async (gdk_clipboard_get_content (desk->clipboard), mime_type, stream,
                                              G_PRIORITY_DEFAULT, NULL, on_serialise_ready, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);

  return g_strndup (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (stream)),
                    g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (stream)));
}

static void
test_asks_managers (Desk          *desk,
                    gconstpointer  data)
{
  g_autofree char *text = NULL;
  g_autofree char *hint = NULL;

  copy (desk, "JBSWY3DPEHPK3PXP");
  text = read_as (desk, "text/plain;charset=utf-8");
  hint = read_as (desk, "x-kde-passwordManagerHint");
  g_assert_cmpstr (text, ==, "JBSWY3DPEHPK3PXP");
  g_assert_cmpstr (hint, ==, "secret");
  let_minute_pass ();
}

static void
show_password (FlField *field)
{
  GtkWidget *overlay = gtk_widget_get_parent (GTK_WIDGET (fl_field_get_entry (field)));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (gtk_widget_get_last_child (overlay)), TRUE);
}

/* A field with a password, shown or hidden. */
static FlField *
add_password (Desk     *desk,
              gboolean  shown)
{
  FlField *field = g_object_new (FL_TYPE_PASSWORD_FIELD, "label", "Password", NULL);

  gtk_window_set_child (GTK_WINDOW (desk->window), GTK_WIDGET (field));
  fl_field_set_text (field, "bittern");
  if (shown)
    show_password (field);

  return field;
}

static void
refuse (FlField *field)
{
  fl_field_set_error (field, "That is not the password.");
  fl_field_focus (field);
}

/* What the middle button pastes. */
static char *
read_selection (Desk *desk)
{
  GdkContentProvider *selected = gdk_clipboard_get_content (gtk_widget_get_primary_clipboard (desk->window));
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);

  return selected != NULL && gdk_content_provider_get_value (selected, &value, NULL) ? g_value_dup_string (&value) : NULL;
}

static void
test_refused_and_hidden (Desk          *desk,
                         gconstpointer  data)
{
  FlField *field = add_password (desk, FALSE);
  g_autofree char *selected = NULL;

  refuse (field);
  g_assert_true (gtk_editable_get_selection_bounds (fl_field_get_entry (field), NULL, NULL));
  selected = read_selection (desk);
  /* GTK 4.8 puts dots there, GTK 4.18 nothing. */
  g_assert_true (selected == NULL || strstr (selected, "b") == NULL);

  show_password (field);
  g_assert_false (gtk_editable_get_selection_bounds (fl_field_get_entry (field), NULL, NULL));
  g_assert_null (read_selection (desk));
}

static void
test_refused_and_shown (Desk          *desk,
                        gconstpointer  data)
{
  FlField *field = add_password (desk, TRUE);

  refuse (field);
  g_assert_null (read_selection (desk));
  g_assert_cmpint (gtk_editable_get_position (fl_field_get_entry (field)), ==, strlen ("bittern"));
}

static void
test_tab_to_shown (Desk          *desk,
                   gconstpointer  data)
{
  FlField *field = add_password (desk, TRUE);
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (fl_field_get_entry (field)));

  gtk_window_set_focus (GTK_WINDOW (desk->window), NULL);
  g_assert_true (gtk_widget_child_focus (desk->window, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (desk->window)) == text);
  g_assert_null (read_selection (desk));

  /* Who selects it wants it selected. */
  gtk_editable_select_region (fl_field_get_entry (field), 0, -1);
  g_assert_true (gtk_editable_get_selection_bounds (fl_field_get_entry (field), NULL, NULL));
  g_assert_true (gtk_widget_child_focus (desk->window, GTK_DIR_TAB_FORWARD));
  g_assert_false (gtk_window_get_focus (GTK_WINDOW (desk->window)) == text);
  /* GTK 4.18 takes every selection back when the focus goes. */
  if (gtk_check_version (4, 18, 0) != NULL)
    g_assert_true (gtk_editable_get_selection_bounds (fl_field_get_entry (field), NULL, NULL));
}

#define ADD(path, test) g_test_add ("/clipboard/" path, Desk, NULL, desk_set_up, test, desk_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  ADD ("forgets", test_forgets);
  ADD ("spares-others", test_spares_others);
  ADD ("begins-anew", test_begins_anew);
  ADD ("taken-back", test_taken_back);
  ADD ("asks-managers", test_asks_managers);
  ADD ("selection/refused-and-hidden", test_refused_and_hidden);
  ADD ("selection/refused-and-shown", test_refused_and_shown);
  ADD ("selection/tab-to-shown", test_tab_to_shown);

  return g_test_run ();
}
