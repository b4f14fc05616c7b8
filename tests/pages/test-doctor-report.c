/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-doctor-report"

#include "config.h"

#include <locale.h>
#include <string.h>

#include "fl-doctor-report.h"

/* The text that a helpdesk is sent: all that was seen, and nothing of the person or of how a proxy is signed in to. */

#define POLICY "/var/people/canary/policies/policy.conf"

static void
on_examine_ready (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static FlDoctor *
examine (void)
{
  const char *text = "[server]\nurl=https://id.example.com\nlandin=canary\n"
                     "[support]\nmail=canary@flexhrm.example\nphone=canary 1\ntext=Call canary\n";
  g_autoptr (FlPolicy) policy = fl_policy_new_from_data (text, strlen (text), POLICY);
  g_autoptr (GProxyResolver) proxy = g_simple_proxy_resolver_new ("http://canary:canary@127.0.0.1:1/?canary#canary", NULL);
  g_autoptr (GAsyncResult) result = NULL;
  FlDoctor *doctor = g_object_new (FL_TYPE_DOCTOR, "policy", policy, "server", fl_policy_get_server (policy),
                                   "proxy-resolver", proxy, "patience", 5, NULL);

  fl_doctor_add_fact (doctor, FL_CHECK_RENDERING, "renderer", "GskCairoRenderer");
  fl_doctor_examine_async (doctor, NULL, on_examine_ready, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (fl_doctor_examine_finish (doctor, result, NULL));

  return doctor;
}

static void
test_report (void)
{
  g_autoptr (FlDoctor) doctor = examine ();
  g_autofree char *text = fl_doctor_report_text (doctor);
  g_autofree char *short_text = fl_doctor_report_lines (doctor);
  g_auto (GStrv) lines = g_strsplit (short_text, "\n", -1);

  g_test_message ("%s", text);
  g_assert_null (strcasestr (text, "canary"));
  g_assert_true (g_str_has_prefix (text, "First Login " APP_VERSION ", "));
  g_assert_nonnull (strstr (text, "https://id.example.com\n"));
  g_assert_nonnull (strstr (text, "files: ~/policies/policy.conf\n"));
  g_assert_nonnull (strstr (text, "landin: unknown-key\n"));
  g_assert_nonnull (strstr (text, "proxies: http://127.0.0.1:1/\n"));
  g_assert_nonnull (strstr (text, "renderer: GskCairoRenderer\n"));
  g_assert_nonnull (strstr (text, "red     Connection: The proxy that this computer is set up to use cannot be reached.\n"));

  /* What stands on a terminal is in it, in the same order. */
  for (gsize i = 0, at = 0; lines[i] != NULL; i++)
    {
      const char *found = strstr (text + at, lines[i]);

      g_assert_nonnull (found);
      at = (gsize) (found - text);
    }
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  g_setenv ("HOME", "/var/people/canary", TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/doctor/report", test_report);

  return g_test_run ();
}
