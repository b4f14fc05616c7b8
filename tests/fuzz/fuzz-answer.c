/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-json.h"
#include "fl-kratos-problem.h"
#include "fl-link.h"

#include <string.h>

/* The body of an answer, as the client reads it: the status in the first line, the JSON behind it. */

/* Written by the parser's own generator, JSON may be longer than what it was read from. */
#define WRITTEN_MAX (8 * FL_JSON_ANSWER_MAX)

static char *
write_anew (const char *text,
            gsize       length,
            gsize       limit)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!fl_json_check (text, length, limit, NULL) || !json_parser_load_from_data (parser, text, (gssize) length, NULL))
    return NULL;

  g_assert_true (JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)));
  return json_to_string (json_parser_get_root (parser), FALSE);
}

/* What has passed the check means to everybody what it means to the parser. */
static void
check_json (const char *text,
            gsize       length)
{
  g_autofree char *once = write_anew (text, length, FL_JSON_ANSWER_MAX);
  g_autofree char *twice = NULL;

  if (once == NULL)
    return;

  twice = write_anew (once, strlen (once), WRITTEN_MAX);
  g_assert_cmpstr (twice, ==, once);
}

static void
check_flow (const FlKratosFlow *flow)
{
  g_assert_true (fl_link_is_uuid (fl_secret_get_text (flow->id)));
  g_assert_true (flow->settings == NULL || fl_link_is_uuid (fl_secret_get_text (flow->settings)));
  g_assert_true (flow->token == NULL || fl_secret_get_length (flow->token) > 0);
  g_assert_true (flow->totp_secret == NULL || fl_secret_get_length (flow->totp_secret) > 0);
  g_assert_true (!flow->has_identity || flow->address != NULL);
  g_assert_true (flow->state >= FL_KRATOS_STATE_CHOOSE_METHOD && flow->state <= FL_KRATOS_STATE_FOREIGN);
}

/* Whatever was being done, the answer means something. */
static void
check_problems (const FlKratosReply *reply)
{
  for (FlKratosStep step = FL_KRATOS_STEP_BEGIN; step <= FL_KRATOS_STEP_SIGN_OUT; step++)
    {
      g_autoptr (GError) error = fl_kratos_problem_from_reply (reply, step);

      g_assert_true (error->domain == FL_PROBLEM || error->domain == FL_KRATOS_DETOUR);
      if (error->domain == FL_PROBLEM)
        g_assert_cmpstr (fl_problem_get_name (error->code), !=, "unknown");
      else
        g_assert_true (error->code >= FL_KRATOS_DETOUR_SECOND_FACTOR && error->code <= FL_KRATOS_DETOUR_REPLACED);
      g_assert_cmpint (fl_problem_get_limit (error), >=, 0);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

static void
check_reply (guint       status,
             const char *text,
             gsize       length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FlKratosReply) reply = fl_kratos_reply_parse (status, text, length, 0, &error);

  if (reply == NULL)
    {
      g_assert_true (g_error_matches (error, FL_PROBLEM, FL_PROBLEM_PROTOCOL)
                     || g_error_matches (error, FL_PROBLEM, FL_PROBLEM_NOT_OUR_SERVER));
      return;
    }

  g_assert_no_error (error);
  g_assert_true ((reply->kind == FL_KRATOS_REPLY_FLOW) == (reply->flow != NULL));
  if (reply->flow != NULL)
    check_flow (reply->flow);
  if (reply->kind == FL_KRATOS_REPLY_LOGIN || reply->kind == FL_KRATOS_REPLY_SESSION)
    {
      g_assert_true (reply->level == 1 || reply->level == 2);
      g_assert_true (!reply->has_identity || reply->address != NULL);
    }
  check_problems (reply);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *status = fl_fuzz_take_line (&data, &size);
  /* A block of its very size, so that not a byte behind it is read unseen. */
  g_autofree char *text = g_memdup2 (data, size);

  check_json (text != NULL ? text : "", size);
  check_reply ((guint) g_ascii_strtoull (status, NULL, 10), text != NULL ? text : "", size);
  return 0;
}
