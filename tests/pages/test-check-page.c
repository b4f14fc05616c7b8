/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <string.h>

#include "fl-doctor-page.h"
#include "fl-finding-row.h"
#include "fl-look.h"
#include "fl-page.h"
#include "fl-problem.h"
#include "fl-ui.h"

/* The connection check, with doctors who have not looked at anything. */

static FlDoctor *
call_doctor (FlLook *look)
{
  return fl_doctor_new (look->pose->policy, "https://login.flexhrm.example");
}

static void
end (FlDoctor *doctor,
     FlCheck   check,
     FlCause   cause)
{
  fl_finding_end (fl_doctor_get_finding (doctor, check), cause);
  fl_pose_settle ();
}

static void
end_others (FlDoctor *doctor)
{
  for (FlCheck check = FL_CHECK_POLICY; check <= FL_CHECK_VERSIONS; check++)
    {
      if (fl_finding_get_verdict (fl_doctor_get_finding (doctor, check)) == FL_VERDICT_NONE)
        end (doctor, check, FL_CAUSE_OK);
    }
}

/* Where no server is named, an examination asks nobody. */
static FlLook *
open_check (FlDoctorPage **page)
{
  FlLook *look = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));

  gtk_widget_activate_action (look->assistant, "assistant.doctor", NULL);
  fl_pose_settle ();
  *page = FL_DOCTOR_PAGE (fl_look_find (look->assistant, FL_TYPE_DOCTOR_PAGE));
  g_assert_nonnull (*page);

  return look;
}

static void
add_rows (GtkWidget *from,
          GString   *text)
{
  for (GtkWidget *child = gtk_widget_get_first_child (from); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (FL_IS_FINDING_ROW (child))
        g_string_append_printf (text, " %s", fl_check_get_name (fl_finding_get_check (fl_finding_row_get_finding (FL_FINDING_ROW (child)))));
      else
        add_rows (child, text);
    }
}

/* The lines in the order in which they stand on the page. */
static char *
read_rows (FlDoctorPage *page)
{
  GString *text = g_string_new (NULL);

  add_rows (GTK_WIDGET (page), text);

  return g_string_free (text, FALSE);
}

static void
assert_rows (FlDoctorPage *page,
             const char   *first)
{
  g_autofree char *rows = read_rows (page);
  g_auto (GStrv) words = g_strsplit (rows, " ", -1);

  g_assert_true (g_str_has_prefix (rows, first));
  g_assert_cmpuint (g_strv_length (words), ==, FL_N_CHECKS + 1);
}

/* What needs attention comes first, the worst before the others, whatever ended first; what could not be looked at is not
 * among it. */
static void
test_order (void)
{
  FlDoctorPage *page;
  g_autoptr (FlLook) look = open_check (&page);
  g_autoptr (FlDoctor) doctor = call_doctor (look);
  g_autoptr (GError) expired = fl_problem_new (FL_PROBLEM_TLS_EXPIRED, "posed");

  fl_doctor_page_show (page, doctor);
  assert_rows (page, " policy server-name tcp");
  g_assert_false (fl_look_shows (look, "Needs attention"));

  end (doctor, FL_CHECK_KEYRING, FL_CAUSE_KEYRING_LOCKED);
  assert_rows (page, " keyring policy server-name");
  g_assert_true (fl_look_shows (look, "Needs attention"));
  end (doctor, FL_CHECK_DEEP_LINK, FL_CAUSE_HANDLER_NONE);
  fl_finding_end_problem (fl_doctor_get_finding (doctor, FL_CHECK_TLS), expired);
  end (doctor, FL_CHECK_API, FL_CAUSE_BLOCKED);
  assert_rows (page, " tls deep-link keyring policy");
  g_assert_true (fl_look_shows (look, "Not checked"));
  end_others (doctor);
  assert_rows (page, " tls deep-link keyring policy");
  g_assert_true (fl_look_shows (look, "Something is in the way."));
}

/* Text for the help desk can be had when all of it is there. */
static void
test_capsule (void)
{
  FlDoctorPage *page;
  g_autoptr (FlLook) look = open_check (&page);
  g_autoptr (FlDoctor) doctor = call_doctor (look);
  g_autofree char *text = NULL;

  fl_doctor_page_show (page, doctor);
  g_assert_true (fl_look_shows (look, "Checking…"));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Copy for the help desk")));
  g_assert_false (gtk_widget_is_sensitive (fl_look_button (look, "Save as a file…")));
  g_assert_true (gtk_widget_is_sensitive (fl_look_button (look, "Check again")));

  end_others (doctor);
  g_assert_true (fl_look_shows (look, "Everything is in order."));
  g_assert_false (fl_look_shows (look, "Needs attention"));
  fl_look_press (look, "Copy for the help desk");
  text = fl_look_read_clipboard (look);
  g_assert_nonnull (strstr (text, "green   Keyring: "));
  g_assert_nonnull (strstr (text, "https://login.flexhrm.example"));

  /* Another examination begins with nothing, and the one before says nothing more. */
  fl_look_press (look, "Check again");
  g_assert_false (fl_look_shows (look, "Everything is in order."));
}

/* A picture is not enough, and neither is its colour. */
static void
test_names (void)
{
  FlDoctorPage *page;
  g_autoptr (FlLook) look = open_check (&page);
  g_autoptr (FlDoctor) doctor = call_doctor (look);

  end (doctor, FL_CHECK_POLICY, FL_CAUSE_POLICY_MISTAKE);
  fl_doctor_page_show (page, doctor);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (fl_look_find (GTK_WIDGET (page), FL_TYPE_FINDING_ROW)),
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Policy: Note. There is a mistake in the policy file. The rest of it counts. "
                                       "Run “first-login --check-policy”: it names the line, and what is meant.");
}

static gboolean
is_hidden (gpointer data)
{
  return !gtk_widget_get_mapped (data);
}

static gboolean
is_gone (gpointer data)
{
  FlDoctorPage **page = data;

  return *page == NULL;
}

/* The page behind is what it was, and the check is over; while it is shown, nothing else can be reached. */
static void
test_back (void)
{
  FlDoctorPage *page;
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));

  fl_look_type (look, "Server address", "login.flexhrm.exa");
  gtk_widget_activate_action (look->assistant, "assistant.doctor", NULL);
  fl_pose_settle ();
  page = FL_DOCTOR_PAGE (fl_look_find (look->assistant, FL_TYPE_DOCTOR_PAGE));
  fl_pose_until (is_hidden, fl_look_field (look, "Server address"));

  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  gtk_widget_activate_action (look->assistant, "assistant.back", NULL);
  fl_pose_until (is_gone, &page);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (fl_look_field (look, "Server address"))));
  g_assert_cmpstr (fl_field_get_text (fl_look_field (look, "Server address")), ==, "login.flexhrm.exa");
  g_assert_true (fl_look_has_focus (look, "Server address"));
}

/* Where the server itself has the last word, there is nothing to look for. */
static void
test_offered (void)
{
  static const struct {
    FlProblem problem;
    gboolean is_offered;
  } cases[] = {
    { FL_PROBLEM_ADDRESS_MALFORMED, FALSE },
    { FL_PROBLEM_CREDENTIALS_REFUSED, FALSE },
    { FL_PROBLEM_SESSION_ENDED, FALSE },
    { FL_PROBLEM_THROTTLED, FALSE },
    { FL_PROBLEM_OFFLINE, TRUE },
    { FL_PROBLEM_TLS_CLOCK, TRUE },
    { FL_PROBLEM_CAPTIVE_PORTAL, TRUE },
    { FL_PROBLEM_SERVER_FAULT, TRUE },
    { FL_PROBLEM_NOT_OUR_SERVER, TRUE },
    { FL_PROBLEM_RECOVERY_UNSUPPORTED, FALSE },
  };
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fl_pose_problem (look->pose, cases[i].problem);
      g_assert_cmpint (fl_look_shows (look, "Check the connection"), ==, cases[i].is_offered);
    }
  fl_journey_clear_problem (look->pose->journey);
  g_assert_false (fl_look_shows (look, "Check the connection"));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  g_test_add_func ("/check-page/order", test_order);
  g_test_add_func ("/check-page/capsule", test_capsule);
  g_test_add_func ("/check-page/names", test_names);
  g_test_add_func ("/check-page/back", test_back);
  g_test_add_func ("/check-page/offered", test_offered);

  return g_test_run ();
}
