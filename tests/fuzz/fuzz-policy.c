/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-link.h"
#include "fl-policy.h"

#include <stdio.h>
#include <string.h>

/* A policy file: whatever stands in it, each key has a value that holds, and a mistake is told with its line. */

static guint
count_lines (const char *text,
             gsize       size)
{
  guint lines = 1;

  for (gsize i = 0; i + 1 < size; i++)
    lines += text[i] == '\n';
  return lines;
}

static void
check_mistake (FlPolicy   *policy,
               const char *text,
               gsize       size)
{
  const GError *mistake = fl_policy_get_mistake (policy);
  guint line = 0;

  if (mistake == NULL)
    return;

  g_assert_true (mistake->domain == FL_POLICY_ERROR);
  /* What is no text has no lines. */
  if (mistake->code == FL_POLICY_ERROR_MALFORMED && !g_utf8_validate_len (text, size, NULL))
    return;

  g_assert_cmpint (sscanf (mistake->message, "line %u: ", &line), ==, 1);
  g_assert_cmpuint (line, >=, 1);
  g_assert_cmpuint (line, <=, count_lines (text, size));
}

static void
check_url (const char *url,
           gboolean    is_needed)
{
  g_assert_true (url != NULL || !is_needed);
  g_assert_true (url == NULL || fl_link_same_origin (url, url));
}

static void
check_text (const char *text,
            gboolean    is_needed)
{
  g_assert_true (text != NULL || !is_needed);
  g_assert_true (text == NULL || (*text != '\0' && g_utf8_validate (text, -1, NULL)));
}

static void
check_values (FlPolicy *policy)
{
  const char * const *apps = fl_policy_get_authenticator_apps (policy);
  FlSecondFactorRule rule = fl_policy_get_second_factor_rule (policy, 1700000000);

  check_url (fl_policy_get_server (policy), FALSE);
  check_url (fl_policy_get_landing (policy), FALSE);
  check_url (fl_policy_get_product_url (policy), TRUE);
  check_url (fl_policy_get_mobile_url (policy), TRUE);
  check_text (fl_policy_get_organisation (policy), FALSE);
  check_text (fl_policy_get_issuer (policy), TRUE);
  check_text (fl_policy_get_product (policy), TRUE);
  check_text (fl_policy_get_mail_sender (policy), FALSE);
  check_text (fl_policy_get_support_text (policy), FALSE);
  check_text (fl_policy_get_support_phone (policy), FALSE);
  check_text (fl_policy_get_support_mail (policy), FALSE);
  check_text (fl_policy_get_support_hours (policy), FALSE);
  for (gsize i = 0; apps[i] != NULL; i++)
    check_text (apps[i], TRUE);
  fl_policy_get_may_remember (policy);
  fl_policy_get_password_kinds (policy);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), >=, 1);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), <=, 72);
  g_assert_true (rule == FL_SECOND_FACTOR_REQUIRED || rule == FL_SECOND_FACTOR_OPTIONAL || rule == FL_SECOND_FACTOR_OFF);
  g_assert_true (fl_policy_get_optional_until (policy) == 0 || rule != FL_SECOND_FACTOR_OFF);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_memdup2 (data, size);
  g_autoptr (FlPolicy) policy = fl_policy_new_from_data (text != NULL ? text : "", size, NULL);

  check_mistake (policy, text, size);
  check_values (policy);
  fl_policy_set_language (policy, "sv");
  check_values (policy);
  return 0;
}
