/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages-test"

#include "config.h"

#include "fl-clock.h"
#include "fl-language.h"
#include "fl-memory-vault.h"
#include "fl-pose.h"

/* Puts a journey into any state that a page can meet, without walking there: tests/unit walks. */

#define SERVER "https://login.flexhrm.example"

static const char policy_text[] =
  "[mail]\n"
  "sender=no-reply@flexhrm.example\n"
  "[support]\n"
  "text=Ask the IT desk.\n"
  "text[sv]=Fråga it-supporten.\n"
  "phone=+46 8 123 456\n"
  "mail=it@flexhrm.example\n"
  "hours=weekdays 8–17\n"
  "hours[sv]=vardagar 8–17\n";

static FlIdentity *
create_identity (const char *server,
                 gpointer    data)
{
  FlPose *pose = data;

  if (pose->identity != NULL)
    g_object_run_dispose (G_OBJECT (pose->identity));
  g_clear_object (&pose->identity);
  pose->identity = fl_still_identity_new ();

  return FL_IDENTITY (g_object_ref (pose->identity));
}

FlPose *
fl_pose_new (FlStep step)
{
  FlPose *pose = g_new0 (FlPose, 1);
  g_autoptr (FlVault) vault = fl_memory_vault_new ();

  pose->policy = fl_policy_new_from_data (policy_text, strlen (policy_text), "pose");
  fl_policy_set_language (pose->policy, fl_language_get ());
  pose->journey = fl_journey_new (vault, create_identity, pose, NULL);
  fl_journey_start (pose->journey, step == FL_STEP_ORGANISATION ? NULL : SERVER, TRUE);
  if (step > FL_STEP_EMAIL)
    fl_journey_set_address (pose->journey, FL_POSE_ADDRESS);
  if (step == FL_STEP_LINK)
    fl_journey_set_link_server (pose->journey, SERVER);
  fl_journey_begin_at (pose->journey, step);

  return pose;
}

void
fl_pose_free (FlPose *pose)
{
  g_object_run_dispose (G_OBJECT (pose->journey));
  g_object_unref (pose->journey);
  if (pose->identity != NULL)
    g_object_run_dispose (G_OBJECT (pose->identity));
  g_clear_object (&pose->identity);
  g_object_unref (pose->policy);
  g_free (pose);
  fl_pose_settle ();
}

void
fl_pose_problem (FlPose    *pose,
                 FlProblem  problem)
{
  fl_journey_set_problem (pose->journey, fl_problem_new (problem, "posed"));
}

/* A mail is on its way; whatever shows a time shows one that does not change. */
void
fl_pose_mail (FlPose *pose,
              gint64  sent_seconds_ago)
{
  FlJournal *journal = fl_journal_new ();

  journal->server = g_strdup (SERVER);
  journal->address = g_strdup (FL_POSE_ADDRESS);
  journal->flow = fl_secret_new (FL_POSE_FLOW);
  journal->mail_sent_at = fl_clock_now () - sent_seconds_ago;
  journal->mail_expires_at = journal->mail_sent_at + 1800;
  journal->resend_at = journal->mail_sent_at + 60;
  fl_journey_set_journal (pose->journey, journal);
}

void
fl_pose_robot (FlPose   *pose,
               gboolean  present)
{
  fl_robot_check_look (pose->journey->robot);
  if (!present)
    fl_still_identity_answer_robot (pose->identity, NULL);
  fl_pose_settle ();
}

void
fl_pose_enrolment (FlPose *pose)
{
  /* RFC 6238, appendix B: the key of the test vectors, as Base32 */
  g_autoptr (FlSecret) key = fl_secret_new ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  g_autoptr (FlOtpauth) enrolment = fl_otpauth_new ("Visma Connect", FL_POSE_ADDRESS, key);

  fl_journey_set_enrolment (pose->journey, enrolment);
}

void
fl_pose_codes (FlPose *pose)
{
  static const char * const codes[] = {
    "4x7r2kqa", "h9m3wz8t", "c5p6vn2d", "r8t4yb7k", "w2q9sf3j", "m6d8xg5h",
    "b3k7zp4c", "t9v2hn6r", "y5j8qw3m", "f4c6rd9x", "z7s3kt2p", "n8g5mv4b",
  };
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_secret_unref);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_ptr_array_add (list, fl_secret_new (codes[i]));
  fl_journey_set_codes (pose->journey, list);
}

/* Runs the main loop until it is so; a test that waits in vain ends by the test runner's time limit. */
void
fl_pose_until (gboolean (*is_so) (gpointer data),
               gpointer data)
{
  while (!is_so (data))
    g_main_context_iteration (NULL, TRUE);
}

void
fl_pose_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
