/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-widgets"

#include "config.h"

#include <string.h>

#include "fl-clipboard.h"

/* FlClipboard lends a secret to the clipboard: for a minute, unless something else is copied or it is taken
 * back before, and never beyond the end of the program. Clipboard managers are asked not to keep it. */

#define LOAN "fl-clipboard-loan"
#define LENT_FOR 60  /* s; enough to get to another window and paste */

typedef struct
{
  GdkClipboard *clipboard;
  GdkContentProvider *content;
  gulong changed_handler;
  gulong shutdown_handler;
  guint timeout;
} Loan;

static void
end_loan (Loan *loan)
{
  g_signal_handler_disconnect (loan->clipboard, loan->changed_handler);
  g_object_set_data (G_OBJECT (loan->clipboard), LOAN, NULL);
  /* Whatever came after it is somebody else's. */
  if (gdk_clipboard_get_content (loan->clipboard) == loan->content)
    gdk_clipboard_set_content (loan->clipboard, NULL);

  if (loan->shutdown_handler != 0)
    g_signal_handler_disconnect (g_application_get_default (), loan->shutdown_handler);
  g_clear_handle_id (&loan->timeout, g_source_remove);
  g_object_unref (loan->content);
  g_object_unref (loan->clipboard);
  g_free (loan);
}

static void
on_minute_over (gpointer data)
{
  Loan *loan = data;

  loan->timeout = 0;
  end_loan (loan);
}

/* It holds the secret no longer than the clipboard does. */
static void
on_clipboard_changed (Loan *loan)
{
  if (gdk_clipboard_get_content (loan->clipboard) != loan->content)
    end_loan (loan);
}

/* GTK would hand the clipboard's content to a clipboard manager next. */
static void
on_application_shut_down (Loan *loan)
{
  end_loan (loan);
}

/**
 * fl_clipboard_copy:
 * @widget: the widget that it is copied from
 * @text: what to copy
 *
 * Copies a secret for a minute.
 */
void
fl_clipboard_copy (GtkWidget *widget,
                   FlSecret  *text)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) hint = g_bytes_new_static ("secret", strlen ("secret"));
  GdkContentProvider *providers[2];
  Loan *loan;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  bytes = g_bytes_new_with_free_func (fl_secret_get_text (text), fl_secret_get_length (text),
                                      (GDestroyNotify) fl_secret_unref, fl_secret_ref (text));
  providers[0] = gdk_content_provider_new_for_bytes ("text/plain;charset=utf-8", bytes);
  /* What KeePassXC introduced, and the clipboard managers of KDE and others respect. */
  providers[1] = gdk_content_provider_new_for_bytes ("x-kde-passwordManagerHint", hint);

  loan = g_new0 (Loan, 1);
  loan->clipboard = g_object_ref (gtk_widget_get_clipboard (widget));
  loan->content = gdk_content_provider_new_union (providers, G_N_ELEMENTS (providers));
  loan->timeout = g_timeout_add_once (LENT_FOR * 1000, on_minute_over, loan);
  g_source_set_name_by_id (loan->timeout, "[first-login] on_minute_over");
  if (application != NULL)
    loan->shutdown_handler = g_signal_connect_swapped (application, "shutdown",
                                                       G_CALLBACK (on_application_shut_down), loan);
  gdk_clipboard_set_content (loan->clipboard, loan->content);
  loan->changed_handler = g_signal_connect_swapped (loan->clipboard, "changed", G_CALLBACK (on_clipboard_changed), loan);
  g_object_set_data (G_OBJECT (loan->clipboard), LOAN, loan);
}

/**
 * fl_clipboard_forget:
 * @widget: a widget on the same display
 *
 * Takes back at once the secret that is lent, if one is and nothing else has been copied over it.
 */
void
fl_clipboard_forget (GtkWidget *widget)
{
  Loan *loan;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  loan = g_object_get_data (G_OBJECT (gtk_widget_get_clipboard (widget)), LOAN);
  if (loan != NULL)
    end_loan (loan);
}
