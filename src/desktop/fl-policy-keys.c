/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-guess.h"
#include "fl-policy-keys.h"

/* The one table of everything that a policy file may say. The parser, the check of a file, the example file and
 * docs/policy.md go by it. */
const FlPolicyKey fl_policy_keys[N_KEYS] = {
  [KEY_SERVER_URL] = { "server", "url", FL_POLICY_SERVER, "`--server` on the command line.",
    NULL, "https://login.example.com",
    "Address of the identity server.",
    "Without it, people are asked for it. https; http only for this computer itself." },
  [KEY_SERVER_LANDING] = { "server", "landing", FL_POLICY_URL, NULL, NULL, "https://www.example.com/reset",
    "Page that the button in mails leads to, where it is not on the server itself.",
    "Links that lead anywhere else are refused." },
  [KEY_SERVER_CA_FILE] = { "server", "ca-file", FL_POLICY_FILE, NULL, NULL, "ca.pem",
    "File with certificates (PEM) of an authority of your own, that the server may be known by.",
    "They count besides the system's, for this server only. A relative path begins at the folder of the policy file." },
  [KEY_ORGANISATION_NAME] = { "organisation", "name", FL_POLICY_TEXT, NULL, NULL, "Example AB",
    "The employer's name.",
    "Shown in the title of the window." },
  [KEY_ACCOUNT_NAME] = { "account", "name", FL_POLICY_WORD, NULL, "Visma Connect", "Example Account",
    "What the account is called.",
    "Named on the pages, and in authenticator apps." },
  [KEY_ACCOUNT_REMEMBER_ADDRESS] = { "account", "remember-address", FL_POLICY_BOOLEAN,
    "With false: an address that was saved before is filled in all the same.", "true", "false",
    "Whether people may have their address kept for the next time: false on shared computers.",
    "With false, the box for it cannot be ticked, and says why." },
  [KEY_PRODUCT_NAME] = { "product", "name", FL_POLICY_WORD, NULL, "Flex HRM", "Example HR",
    "What people get into with the account.",
    "Named on the pages, and the title of the window." },
  [KEY_PRODUCT_URL] = { "product", "url", FL_POLICY_URL, NULL, "https://web.flexhrm.com/", "https://hr.example.com/",
    "Where it opens in a browser.",
    "The button of the last page leads there." },
  [KEY_PRODUCT_MOBILE_URL] = { "product", "mobile-url", FL_POLICY_URL, NULL,
    "https://mobile.flexhrm.com", "https://m.example.com",
    "The site that its phone app asks for.",
    "Shown on the last page, also as a QR code." },
  [KEY_MAIL_SENDER] = { "mail", "sender", FL_POLICY_ADDRESS, NULL, NULL, "no-reply@example.com",
    "Address that mails come from.",
    "Named where people wait for a mail, so that they can search their inbox." },
  [KEY_TWO_FACTOR_RULE] = { "two-factor", "rule", FL_POLICY_RULE, NULL, "required", "optional",
    "Whether two-factor authentication is required, optional or off.",
    "It binds this program only. Whatever people sign in to must demand the second factor itself." },
  [KEY_TWO_FACTOR_UNTIL] = { "two-factor", "until", FL_POLICY_DAY, NULL, NULL, "2026-12-31",
    "With rule=optional: the last day (YYYY-MM-DD) on which it may be put off.",
    "From the day after, it is required. Without it, there is no such day." },
  [KEY_TWO_FACTOR_APPS] = { "two-factor", "apps", FL_POLICY_LIST, NULL,
    "Google Authenticator;Microsoft Authenticator;Aegis", "Aegis;FreeOTP",
    "Authenticator apps to suggest, separated by semicolons.",
    "Named where people need one." },
  [KEY_PASSWORD_MINIMUM] = { "password", "minimum", FL_POLICY_NUMBER, NULL, "10", "12",
    "Fewest characters of a password, from 1 to 72.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_LOWERCASE] = { "password", "lowercase", FL_POLICY_BOOLEAN, NULL, "false", "true",
    "Whether the server wants a small letter.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_UPPERCASE] = { "password", "uppercase", FL_POLICY_BOOLEAN, NULL, "false", "true",
    "Whether the server wants a capital letter.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_DIGIT] = { "password", "digit", FL_POLICY_BOOLEAN, NULL, "false", "true",
    "Whether the server wants a digit.",
    "Shown while a new password is typed. The server decides." },
  [KEY_PASSWORD_SYMBOL] = { "password", "symbol", FL_POLICY_BOOLEAN, NULL, "false", "true",
    "Whether the server wants a character that is neither letter nor digit.",
    "Shown while a new password is typed. The server decides." },
  [KEY_SUPPORT_TEXT] = { "support", "text", FL_POLICY_TEXT, NULL, NULL, "Ask the help desk on the second floor.",
    "Whom to ask for help, one sentence.",
    "Shown where somebody may need help, as the three keys below." },
  [KEY_SUPPORT_PHONE] = { "support", "phone", FL_POLICY_WORD, NULL, NULL, "+46 8 123 456",
    "The help desk's telephone number.",
    "Without it, none is named." },
  [KEY_SUPPORT_MAIL] = { "support", "mail", FL_POLICY_ADDRESS, NULL, NULL, "help@example.com",
    "The help desk's mail address.",
    "Without it, none is named." },
  [KEY_SUPPORT_HOURS] = { "support", "hours", FL_POLICY_TEXT, NULL, NULL, "Monday to Friday, 8 to 17",
    "When the help desk answers.",
    "Without it, nothing is said of it." },
  [KEY_LANGUAGE_OFFERED] = { "language", "offered", FL_POLICY_LANGUAGES, NULL, NULL, "en;sv",
    "Languages that the program may be in, separated by semicolons.",
    "The menu offers these only, and the desktop's language counts if it is one of them; otherwise the first of them does. "
    "Without it, all that there are." },
  [KEY_PRIVACY_TEXT] = { "privacy", "text", FL_POLICY_TEXT, NULL, NULL,
    "Your address and sign-ins are stored by Example AB in Sweden.",
    "What people are told about their data before they type their address, one or two sentences.",
    "Without it, nothing is said of it." },
  [KEY_PRIVACY_URL] = { "privacy", "url", FL_POLICY_URL, NULL, NULL, "https://www.example.com/privacy",
    "Page with the whole of it.",
    "Without it, there is no link." },
  [KEY_POLICY_LOCKED] = { "policy", "locked", FL_POLICY_KEYS, NULL, NULL, "server.url;account.remember-address",
    "Keys that nothing in the program overrides, separated by semicolons, each as group.key.",
    "What was saved earlier does not count, and the command line cannot change it. A lock needs a value to hold." },
};

/**
 * fl_policy_get_keys:
 * @n_keys: (out): how many there are
 *
 * Shows the table of keys that a policy file may have.
 *
 * Returns: (transfer none) (array length=n_keys): the table
 */
const FlPolicyKey *
fl_policy_get_keys (gsize *n_keys)
{
  g_return_val_if_fail (n_keys != NULL, NULL);

  *n_keys = N_KEYS;
  return fl_policy_keys;
}

/* Whether values of @type are several, separated by semicolons */
gboolean
fl_policy_type_is_list (FlPolicyType type)
{
  return type == FL_POLICY_LIST || type == FL_POLICY_LANGUAGES || type == FL_POLICY_KEYS;
}

/* Returns: (nullable): what the table says of @key, which has no language behind it */
const FlPolicyKey *
fl_policy_find_key (const char *group,
                    const char *key)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      if (g_str_equal (group, fl_policy_keys[i].group) && g_str_equal (key, fl_policy_keys[i].key))
        return &fl_policy_keys[i];
    }

  return NULL;
}

gboolean
fl_policy_has_group (const char *group)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      if (g_str_equal (group, fl_policy_keys[i].group))
        return TRUE;
    }

  return FALSE;
}

gboolean
fl_policy_has_language (const char *code)
{
  static const char * const codes[] = { LANGUAGES, NULL };

  return g_strv_contains (codes, code);
}

/* Returns: (transfer full) (nullable): the groups that have such a key, as they stand in a file */
char *
fl_policy_dup_homes (const char *key)
{
  g_autoptr (GString) homes = g_string_new (NULL);

  for (gsize i = 0; i < N_KEYS; i++)
    {
      if (g_str_equal (key, fl_policy_keys[i].key))
        g_string_append_printf (homes, "%s[%s]", homes->len > 0 ? ", " : "", fl_policy_keys[i].group);
    }

  return homes->len > 0 ? g_strdup (homes->str) : NULL;
}

/* Returns: (transfer full) (nullable): the header that was likely meant */
char *
fl_policy_guess_group (const char *word)
{
  FlPolicyGuess guess;

  fl_policy_guess_init (&guess, word);
  for (gsize i = 0; i < N_KEYS; i++)
    fl_policy_guess_consider (&guess, fl_policy_keys[i].group);

  return guess.best != NULL ? g_strdup_printf ("[%s]", guess.best) : NULL;
}

/* Returns: (transfer full) (nullable): the key that was likely meant, of @group if it has one, or with the header of its
 * own */
char *
fl_policy_guess_key (const char *group,
                     const char *word)
{
  FlPolicyGuess guess;

  fl_policy_guess_init (&guess, word);
  for (gsize i = 0; i < N_KEYS; i++)
    {
      if (g_str_equal (group, fl_policy_keys[i].group))
        fl_policy_guess_consider (&guess, fl_policy_keys[i].key);
    }
  if (guess.best != NULL)
    return g_strdup (guess.best);

  for (gsize i = 0; i < N_KEYS; i++)
    fl_policy_guess_consider (&guess, fl_policy_keys[i].key);
  if (guess.best != NULL)
    {
      g_autofree char *homes = fl_policy_dup_homes (guess.best);

      return g_strdup_printf ("%s %s", homes, guess.best);
    }

  return NULL;
}

/* Returns: (transfer full) (nullable): the key that was likely meant, as group.key; perhaps its group was left out */
char *
fl_policy_guess_lock (const char *word)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  FlPolicyGuess guess;

  fl_policy_guess_init (&guess, word);
  for (gsize i = 0; i < N_KEYS; i++)
    {
      char *name = g_strdup_printf ("%s.%s", fl_policy_keys[i].group, fl_policy_keys[i].key);

      g_ptr_array_add (names, name);
      if (g_str_equal (word, fl_policy_keys[i].key))
        return g_strdup (name);
      fl_policy_guess_consider (&guess, name);
    }

  return g_strdup (guess.best);
}
