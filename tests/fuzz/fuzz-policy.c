/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-link.h"
#include "fl-policy-private.h"

#include <string.h>

/* Two policy files, the administrator's and the vendor's: whatever stands in them, each key has a value that holds, and
 * each mistake is told with a line that there is, in words that can be shown. */

#define BETWEEN "\n%%\n"
#define MISTAKES_MAX 200 /* a hundred is where reading ends; what the last line and the whole are told for comes on top */

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
check_shown (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
  for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
}

static void
check_mistakes (FlPolicyFile *file,
                guint         n_lines)
{
  g_assert_cmpuint (file->mistakes->len, <=, MISTAKES_MAX);
  for (guint i = 0; i < file->mistakes->len; i++)
    {
      const FlPolicyMistake *mistake = g_ptr_array_index (file->mistakes, i);

      g_assert_nonnull (fl_policy_mistake_get_name (mistake));
      g_assert_cmpuint (mistake->line, >=, fl_policy_mistake_costs_file (mistake) ? 0 : 1);
      g_assert_cmpuint (mistake->line, <=, n_lines);
      g_assert_cmpuint (mistake->other_line, <, MAX (mistake->line, 1));
      check_shown (mistake->group);
      check_shown (mistake->key);
      check_shown (mistake->found);
      check_shown (mistake->meant);
    }
}

/* What is said to be meant would not be wrong again. */
static void
check_meant (const FlPolicyMistake *mistake)
{
  g_autofree char *text = g_strdup_printf ("[%s]\n%s=%s\n", mistake->group, mistake->key, mistake->meant);
  g_autoptr (FlPolicy) policy = NULL;

  if (mistake->fault < FL_POLICY_COMMENT_BEHIND || mistake->fault > FL_POLICY_NOT_DAY
      || mistake->meant == NULL || g_str_has_suffix (mistake->meant, "…") || g_str_has_suffix (mistake->key, "…"))
    return;

  policy = fl_policy_new_from_data (text, strlen (text), NULL);
  for (guint i = 0; i < fl_policy_get_mistakes (policy)->len; i++)
    {
      const FlPolicyMistake *again = g_ptr_array_index (fl_policy_get_mistakes (policy), i);

      g_assert_cmpint (again->fault, !=, mistake->fault);
    }
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
  const char * const *languages = fl_policy_get_languages (policy);
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
  check_text (fl_policy_get_privacy_text (policy), FALSE);
  check_url (fl_policy_get_privacy_url (policy), FALSE);
  g_assert_true (fl_policy_get_ca_file (policy) == NULL || g_path_is_absolute (fl_policy_get_ca_file (policy)));
  g_assert_true (languages == NULL || languages[0] != NULL);
  g_assert_true (!fl_policy_is_locked (policy, "server", "url") || fl_policy_get_server (policy) != NULL);
  for (gsize i = 0; apps[i] != NULL; i++)
    check_text (apps[i], TRUE);
  fl_policy_get_may_remember (policy);
  fl_policy_get_password_kinds (policy);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), >=, 1);
  g_assert_cmpint (fl_policy_get_password_minimum (policy), <=, 72);
  g_assert_true (rule == FL_SECOND_FACTOR_REQUIRED || rule == FL_SECOND_FACTOR_OPTIONAL || rule == FL_SECOND_FACTOR_OFF);
  g_assert_true (fl_policy_get_optional_until (policy) == 0 || rule != FL_SECOND_FACTOR_OFF);
}

static guint
add_file (GPtrArray  *files,
          const char *text,
          gsize       size)
{
  FlPolicyFile *file = fl_policy_file_new (NULL);

  fl_policy_file_read (file, text, size);
  g_ptr_array_add (files, file);
  return count_lines (text, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_memdup2 (data, size);
  char *between = text != NULL ? memmem (text, size, BETWEEN, strlen (BETWEEN)) : NULL;
  gsize first = between != NULL ? (gsize) (between - text) : size;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_policy_file_free);
  g_autoptr (FlPolicy) policy = NULL;
  guint n_lines[2];

  n_lines[0] = add_file (files, text != NULL ? text : "", first);
  if (between != NULL)
    n_lines[1] = add_file (files, between + strlen (BETWEEN), size - first - strlen (BETWEEN));
  policy = fl_policy_new_from_files (files);

  for (guint i = 0; i < files->len; i++)
    check_mistakes (g_ptr_array_index (files, i), n_lines[i]);
  for (guint i = 0; i < fl_policy_get_mistakes (policy)->len; i++)
    check_meant (g_ptr_array_index (fl_policy_get_mistakes (policy), i));
  check_values (policy);
  fl_policy_set_language (policy, "sv");
  check_values (policy);
  return 0;
}
