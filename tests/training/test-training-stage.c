/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <adwaita.h>
#include <gmime/gmime.h>

#include "fl-clock.h"
#include "fl-demo.h"
#include "fl-link.h"
#include "fl-mail-view.h"
#include "fl-outbox.h"
#include "fl-phone.h"
#include "fl-qr-code.h"
#include "fl-scanner.h"
#include "fl-totp.h"
#include "fl-training-resources.h"
#include "fl-training-stage.h"
#include "fl-ui.h"

#define FLOW "6f1b6a3e-7f0e-4b7a-9a51-0d2f3c4b5a69"
#define KEY "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
#define URI "otpauth://totp/Visma%20Connect:anna%40flexhrm.example?secret=" KEY "&issuer=Visma%20Connect"

static GtkWidget *
find_button (GtkWidget  *root,
             const char *label)
{
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
      if (GTK_IS_BUTTON (child) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (child)), label) == 0)
        return child;
    }

  return NULL;
}

static char *
collect_text (GtkWidget *root)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      g_autofree char *below = collect_text (child);

      if (GTK_IS_LABEL (child))
        g_string_append_printf (text, "[%s]", gtk_label_get_text (GTK_LABEL (child)));
      g_string_append (text, below);
    }

  return g_strdup (text->str);
}

static FlMail *
write_mail (const char *lang)
{
  g_autoptr (FlLetter) letter = fl_letter_new ();
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GError) error = NULL;
  FlMail *mail;

  letter->to = g_strdup ("anna@flexhrm.example");
  letter->name = g_strdup ("Anna");
  letter->lang = g_strdup (lang);
  letter->flow = g_strdup (FLOW);
  letter->code = fl_secret_new ("407155");
  letter->landing = g_strdup ("http://127.0.0.1:4433/reset");
  letter->from = g_strdup ("Visma Connect <no-reply@flexhrm.example>");
  letter->product = g_strdup ("Flex HRM");
  letter->sent_at = 1700000000;
  letter->expires_at = letter->sent_at + 1800;
  message = fl_letter_compose (letter, NULL, &error);
  g_assert_no_error (error);
  mail = fl_mail_new (message, &error);
  g_assert_no_error (error);

  return mail;
}

static void
on_link_pressed (GtkWidget  *view,
                 const char *href,
                 char      **pressed)
{
  *pressed = g_strdup (href);
}

static void
test_mail_is_read_and_its_button_works (void)
{
  g_autoptr (FlMail) mail = write_mail ("en");
  g_autoptr (GtkWidget) view = g_object_ref_sink (fl_mail_view_new (mail));
  g_autofree char *text = collect_text (view);
  g_autofree char *pressed = NULL;
  g_autoptr (FlLink) link = NULL;

  g_assert_cmpstr (fl_mail_get_sender (mail), ==, "Visma Connect");
  g_assert_cmpstr (fl_mail_get_recipient (mail), ==, "anna@flexhrm.example");
  g_assert_nonnull (strstr (text, "Anna"));
  g_assert_nonnull (strstr (text, "[407 155]"));

  g_signal_connect (view, "link-pressed", G_CALLBACK (on_link_pressed), &pressed);
  g_signal_emit_by_name (find_button (view, "Enter new password"), "clicked");
  link = fl_link_parse (pressed, NULL);
  g_assert_nonnull (link);
  g_assert_cmpstr (fl_link_get_flow (link), ==, FLOW);
  g_assert_cmpstr (fl_link_get_code (link), ==, "407155");
}

static void
test_mail_is_read_in_swedish (void)
{
  g_autoptr (FlMail) mail = write_mail ("sv");
  g_autoptr (GtkWidget) view = g_object_ref_sink (fl_mail_view_new (mail));

  g_assert_nonnull (find_button (view, "Ange nytt lösenord"));
}

static FlMail *
wrap_html (const char *html)
{
  g_autofree char *text = g_strdup_printf ("From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
                                           "Content-Type: text/html; charset=utf-8\r\n\r\n%s", html);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return fl_mail_new (bytes, NULL);
}

static void
test_strange_mails_are_harmless (void)
{
  g_autoptr (GString) deep = g_string_new (NULL);
  const char *strange[] = {
    "<p>open <b>never closed",
    "<script>alert(1)</script><style>p{}</style><p>shown</p>",
    "<div style=\"display:none\">unseen</div><p>shown</p>",
    "<a>no address</a>",
    "<p style=\"font-size\">shown</p>",
    "\xff\xfe<p>shown</p>",
    "",
    NULL,
  };

  for (guint i = 0; strange[i] != NULL; i++)
    {
      g_autoptr (FlMail) mail = wrap_html (strange[i]);
      g_autoptr (GtkWidget) view = mail != NULL ? g_object_ref_sink (fl_mail_view_new (mail)) : NULL;
      g_autofree char *text = view != NULL ? collect_text (view) : NULL;

      g_assert_true (text == NULL || strstr (text, "alert") == NULL);
      g_assert_true (text == NULL || strstr (text, "unseen") == NULL);
      if (strstr (strange[i], "<p>shown") != NULL)
        g_assert_nonnull (strstr (text, "[shown]"));
    }

  for (guint i = 0; i < 20000; i++)
    g_string_append (deep, "<div>");
  {
    g_autoptr (FlMail) mail = wrap_html (deep->str);
    g_autoptr (GtkWidget) view = g_object_ref_sink (fl_mail_view_new (mail));

    g_assert_nonnull (view);
  }
}

static void
test_outbox_lists_newest_first (void)
{
  g_autoptr (FlOutbox) outbox = fl_outbox_new ();

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = g_strdup_printf ("From: a@b.example\r\nTo: c@d.example\r\nSubject: %u\r\n"
                                               "Content-Type: text/html\r\n\r\n<p>x</p>", i);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      g_assert_true (FL_POST_GET_IFACE (outbox)->deliver (FL_POST (outbox), "a@b.example", "c@d.example", bytes, NULL, NULL));
    }
  while (g_list_model_get_n_items (G_LIST_MODEL (outbox)) < 2)
    g_main_context_iteration (NULL, TRUE);

  {
    g_autoptr (FlMail) newest = g_list_model_get_item (G_LIST_MODEL (outbox), 0);

    g_assert_cmpstr (fl_mail_get_subject (newest), ==, "1");
  }
  fl_outbox_clear (outbox);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (outbox)), ==, 0);
}

static GtkWidget *
show_in_window (GtkWidget *child)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 500, 500);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (child) || gtk_widget_get_width (child) == 0)
    g_main_context_iteration (NULL, TRUE);

  return window;
}

/* The window may be as narrow as a phone, with a mail open too. */
static void
test_stage_is_narrow (void)
{
  g_autoptr (GListStore) mails = g_list_store_new (FL_TYPE_MAIL);
  g_autoptr (FlMail) mail = write_mail ("en");
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  GdkDisplay *display = gdk_display_get_default ();
  GtkWidget *stage;
  GtkWidget *window;
  int minimum;

  gtk_css_provider_load_from_resource (style, "/first-login/training/training.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_list_store_append (mails, mail);
  stage = fl_training_stage_new (G_LIST_MODEL (mails));
  window = show_in_window (stage);

  gtk_widget_measure (stage, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (style));
}

static void
on_read_ready (GObject      *widget,
               GAsyncResult *result,
               gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static FlSecret *
scan (GtkWidget *widget)
{
  g_autoptr (GAsyncResult) result = NULL;

  fl_scanner_read_async (widget, on_read_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return fl_scanner_read_finish (result);
}

static void
test_phone_reads_what_is_on_the_screen (void)
{
  g_autoptr (FlSecret) uri = fl_secret_new (URI);
  GtkWidget *code = g_object_new (FL_TYPE_QR_CODE, NULL);
  GtkWidget *window = show_in_window (code);
  g_autoptr (FlSecret) seen = NULL;

  g_assert_null (scan (code));

  fl_qr_code_set_text (FL_QR_CODE (code), uri);
  seen = scan (code);
  g_assert_nonnull (seen);
  g_assert_cmpstr (fl_secret_get_text (seen), ==, URI);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_phone_reads_below_a_crooked_line (void)
{
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  g_autoptr (FlSecret) uri = fl_secret_new (URI);
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *line = gtk_label_new ("Product");
  GtkWidget *code = g_object_new (FL_TYPE_QR_CODE, NULL);
  GtkWidget *window;

  gtk_box_append (GTK_BOX (page), line);
  gtk_box_append (GTK_BOX (page), code);
  fl_qr_code_set_text (FL_QR_CODE (code), uri);
  window = show_in_window (page);

  for (int tenths = 0; tenths < 10; tenths++)
    {
      g_autofree char *css = g_strdup_printf ("label { transform: translate(0, 0.%dpx); }", tenths);
      g_autoptr (FlSecret) seen = NULL;

      gtk_css_provider_load_from_data (style, css, -1);
      gtk_style_context_add_provider (gtk_widget_get_style_context (line), GTK_STYLE_PROVIDER (style),
                                      GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
      gtk_widget_queue_resize (line);
      seen = scan (page);
      g_assert_nonnull (seen);
      g_assert_cmpstr (fl_secret_get_text (seen), ==, URI);
    }

  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_phone_shows_the_codes_of_its_accounts (void)
{
  g_autoptr (FlOtpauth) account = fl_otpauth_parse (URI, NULL);
  g_autoptr (GtkWidget) phone = g_object_ref_sink (fl_phone_new ());
  g_autofree char *text = NULL;
  g_autofree char *empty = NULL;
  g_autofree char *command = NULL;
  g_autofree char *independent = NULL;
  g_autofree char *grouped = NULL;
  gint64 period;

  do
    {
      period = fl_clock_now () / FL_TOTP_PERIOD;
      g_clear_pointer (&text, g_free);
      g_clear_pointer (&independent, g_free);
      g_clear_pointer (&command, g_free);
      fl_phone_add (FL_PHONE (phone), account);
      fl_phone_add (FL_PHONE (phone), account);
      text = collect_text (phone);
      command = g_strdup_printf ("oathtool --totp --base32 --now=@%" G_GINT64_FORMAT " " KEY, period * FL_TOTP_PERIOD);
      g_assert_true (g_spawn_command_line_sync (command, &independent, NULL, NULL, NULL));
    }
  while (fl_clock_now () / FL_TOTP_PERIOD != period);

  grouped = g_strdup_printf ("[%.3s %.3s]", independent, independent + 3);
  g_assert_nonnull (strstr (text, grouped));
  g_assert_nonnull (strstr (text, "[anna@flexhrm.example]"));
  g_assert_null (strstr (strstr (text, "[anna@flexhrm.example]") + 1, "[anna@flexhrm.example]"));

  fl_phone_clear (FL_PHONE (phone));
  empty = collect_text (phone);
  g_assert_null (strstr (empty, "anna"));
}

static void
on_demo_ready (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (fl_demo_finish (FL_DEMO (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static guint
count_folders (void)
{
  g_autoptr (GDir) temporary = g_dir_open (g_get_tmp_dir (), 0, NULL);
  const char *name;
  guint count = 0;

  while ((name = g_dir_read_name (temporary)) != NULL)
    count += g_str_has_prefix (name, "first-login-training-");

  return count;
}

static void
test_demo_leaves_nothing_behind (void)
{
  g_autoptr (FlDemo) demo = fl_demo_new ();
  g_autoptr (FlOtpauth) first = NULL;
  g_autoptr (FlOtpauth) second = NULL;
  gboolean ready = FALSE;

  fl_demo_start_async (demo, on_demo_ready, &ready);
  while (!ready)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_prefix (fl_demo_get_url (demo), "http://127.0.0.1:"));
  g_assert_cmpuint (count_folders (), ==, 1);
  first = fl_demo_dup_maja (demo);

  ready = FALSE;
  fl_demo_start_over_async (demo, on_demo_ready, &ready);
  while (!ready)
    g_main_context_iteration (NULL, TRUE);
  second = fl_demo_dup_maja (demo);
  g_assert_false (fl_secret_equal (fl_otpauth_get_key (first), fl_otpauth_get_key (second)));

  fl_demo_stop (demo);
  g_assert_cmpuint (count_folders (), ==, 0);
}

static void
on_demo_stopped_ready (GObject      *source,
                       GAsyncResult *result,
                       gpointer      data)
{
  fl_demo_finish (FL_DEMO (source), result, NULL);
  *(gboolean *) data = TRUE;
}

/* A window may be closed before the service listens. */
static void
test_demo_is_stopped_while_it_starts (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FlDemo) demo = fl_demo_new ();
      gboolean ready = FALSE;

      fl_demo_start_async (demo, on_demo_stopped_ready, &ready);
      while (i == 1 && count_folders () == 0)
        g_thread_yield ();
      fl_demo_stop (demo);
      while (!ready)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (count_folders (), ==, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  const char *outside = g_getenv ("TMPDIR");
  g_autofree char *temporary = g_build_filename (outside != NULL ? outside : "/tmp", "first-login-test-XXXXXX", NULL);
  int result;

  /* GLib looks at TMPDIR only once, so it is not asked for the folder. */
  g_assert_nonnull (g_mkdtemp (temporary));
  g_setenv ("TMPDIR", temporary, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_mime_init ();
  fl_ui_init ();
  fl_training_register_resource ();

  g_test_add_func ("/training/mail/read", test_mail_is_read_and_its_button_works);
  g_test_add_func ("/training/mail/swedish", test_mail_is_read_in_swedish);
  g_test_add_func ("/training/mail/strange", test_strange_mails_are_harmless);
  g_test_add_func ("/training/outbox", test_outbox_lists_newest_first);
  g_test_add_func ("/training/narrow", test_stage_is_narrow);
  g_test_add_func ("/training/phone/scan", test_phone_reads_what_is_on_the_screen);
  g_test_add_func ("/training/phone/scan-below-a-crooked-line", test_phone_reads_below_a_crooked_line);
  g_test_add_func ("/training/phone/codes", test_phone_shows_the_codes_of_its_accounts);
  g_test_add_func ("/training/demo", test_demo_leaves_nothing_behind);
  g_test_add_func ("/training/demo/stopped-while-it-starts", test_demo_is_stopped_while_it_starts);
  result = g_test_run ();
  rmdir (temporary);

  return result;
}
