/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-codes-sheet.h"

/* FlCodesSheet is the piece of paper that recovery codes are kept on: as text, as a file that only its owner can read,
 * or printed. */

#define ROOM 8192  /* bytes; twelve codes and what is said of them take one. A buffer that grew would leave a copy behind. */

/**
 * fl_codes_sheet_write:
 * @codes: (element-type FlSecret): the codes
 * @policy: what they are for
 * @address: (nullable): whose they are
 *
 * Returns: (transfer full): what the sheet says, from its heading to the last code
 */
FlSecret *
fl_codes_sheet_write (GPtrArray  *codes,
                      FlPolicy   *policy,
                      const char *address)
{
  GString *text = g_string_sized_new (ROOM);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  /* Translators: a date, for g_date_time_format(), such as "23 November 2026" */
  g_autofree char *date = g_date_time_format (now, _("%-d %B %Y"));
  FlSecret *sheet;

  g_return_val_if_fail (codes != NULL, NULL);

  /* Translators: the first %s is the account, such as "Visma Connect", the second the product, such as "Flex HRM" */
  g_string_append_printf (text, _("Recovery codes: %s for %s"), fl_policy_get_issuer (policy), fl_policy_get_product (policy));
  g_string_append_printf (text, "\n%s\n%s\n\n", address != NULL ? address : "", date);
  g_string_append (text, _("Each code works once, in place of a code from your phone.\n"
                           "Keep them where nobody else looks: with your password and one of these, anyone can sign in as you.\n"));
  g_string_append_c (text, '\n');
  for (guint i = 0; i < codes->len; i++)
    g_string_append_printf (text, "%2u  %s\n", i + 1, fl_secret_get_text (g_ptr_array_index (codes, i)));

  sheet = fl_secret_new_length (text->str, text->len);
  fl_secret_wipe (text->str, text->allocated_len);
  g_string_free (text, TRUE);

  return sheet;
}

/**
 * fl_codes_sheet_suggest_name:
 * @policy: what the codes are for
 *
 * Returns: (transfer full): a name for the file
 */
char *
fl_codes_sheet_suggest_name (FlPolicy *policy)
{
  char *name;

  /* Translators: the name of a file; %s is the product, such as "Flex HRM" */
  name = g_strdup_printf (_("%s recovery codes.txt"), fl_policy_get_product (policy));

  return g_strdelimit (name, "/", '-');
}

static void
on_replace_contents_ready (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fl_codes_sheet_save_async:
 * @sheet: what it says
 * @file: where to
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Saves the sheet for its owner's eyes only. What was there is replaced, its permissions too.
 */
void
fl_codes_sheet_save_async (FlSecret            *sheet,
                           GFile               *file,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (sheet != NULL && G_IS_FILE (file));

  g_task_set_source_tag (task, fl_codes_sheet_save_async);
  bytes = g_bytes_new_with_free_func (fl_secret_get_text (sheet), fl_secret_get_length (sheet),
                                      (GDestroyNotify) fl_secret_unref, fl_secret_ref (sheet));
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       cancellable, on_replace_contents_ready, g_steal_pointer (&task));
}

/**
 * fl_codes_sheet_save_finish:
 * @result: what the callback was given
 * @error: return location for an error of GIO
 *
 * Returns: whether the sheet has been saved
 */
gboolean
fl_codes_sheet_save_finish (GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_draw_page (GtkPrintOperation *operation,
              GtkPrintContext   *context,
              int                page,
              gpointer           user_data)
{
  g_autoptr (PangoLayout) layout = gtk_print_context_create_pango_layout (context);
  PangoFontDescription *font = pango_font_description_from_string ("Monospace 11");

  pango_layout_set_font_description (layout, font);
  pango_layout_set_width (layout, (int) (gtk_print_context_get_width (context) * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, fl_secret_get_text (user_data), -1);
  pango_cairo_show_layout (gtk_print_context_get_cairo_context (context), layout);
  pango_font_description_free (font);
}

static void
release_sheet (gpointer  sheet,
               GClosure *closure)
{
  fl_secret_unref (sheet);
}

/**
 * fl_codes_sheet_print:
 * @sheet: what it says
 *
 * Returns: (transfer full): the way to paper, one page, to be run
 */
GtkPrintOperation *
fl_codes_sheet_print (FlSecret *sheet)
{
  GtkPrintOperation *operation = gtk_print_operation_new ();

  g_return_val_if_fail (sheet != NULL, NULL);

  /* The name stands in the printer's queue for everybody to read. */
  gtk_print_operation_set_job_name (operation, _("Recovery codes"));
  gtk_print_operation_set_n_pages (operation, 1);
  gtk_print_operation_set_allow_async (operation, TRUE);
  g_signal_connect_data (operation, "draw-page", G_CALLBACK (on_draw_page), fl_secret_ref (sheet), release_sheet, 0);

  return operation;
}
