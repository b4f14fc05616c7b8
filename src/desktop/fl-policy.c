/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-policy"

#include "config.h"

#include "fl-policy-day.h"
#include "fl-policy-private.h"

/* FlPolicy is what the IT department has laid down for this computer: which server, whose names, which rules. It comes
 * from two small key files, the administrator's and the one of whoever has packaged the program, or from the defaults in
 * the table of keys, and never changes afterwards. A mistake in a file costs the line that it is in, not the others, and
 * is kept for whoever can tell the administrator. */

G_DEFINE_FINAL_TYPE (FlPolicy, fl_policy, G_TYPE_OBJECT)

static void
fl_policy_finalize (GObject *object)
{
  FlPolicy *self = FL_POLICY (object);

  for (gsize i = 0; i < N_KEYS; i++)
    {
      g_free (self->values[i]);
      g_strfreev (self->lists[i]);
    }
  g_key_file_unref (self->file);
  g_ptr_array_unref (self->mistakes);
  g_ptr_array_unref (self->files);
  g_strfreev (self->origins);
  g_free (self->language);

  G_OBJECT_CLASS (fl_policy_parent_class)->finalize (object);
}

static void
fl_policy_class_init (FlPolicyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = fl_policy_finalize;
}

static void
fl_policy_init (FlPolicy *self)
{
  self->file = g_key_file_new ();
  self->mistakes = g_ptr_array_new ();
}

/*
 * fl_policy_new_from_files:
 * @files: (element-type FlPolicyFile): what counts most first
 *
 * Returns: (transfer full): what they come to together
 */
FlPolicy *
fl_policy_new_from_files (GPtrArray *files)
{
  FlPolicy *self = g_object_new (FL_TYPE_POLICY, NULL);

  self->files = g_ptr_array_ref (files);
  fl_policy_merge (self);

  return self;
}

/**
 * fl_policy_new:
 *
 * Makes the policy of a computer that has no policy file: the defaults.
 *
 * Returns: (transfer full): a new policy
 */
FlPolicy *
fl_policy_new (void)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  return fl_policy_new_from_files (files);
}

/**
 * fl_policy_new_from_data:
 * @text: (array length=length): contents of a policy file
 * @length: bytes of @text
 * @origin: (nullable): path of the file that @text comes from
 *
 * Reads a policy. What is wrong with it is told by [method@Policy.get_mistakes]; other files that it names are not
 * looked at.
 *
 * Returns: (transfer full): a new policy
 */
FlPolicy *
fl_policy_new_from_data (const char *text,
                         gsize       length,
                         const char *origin)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_policy_file_free);
  FlPolicyFile *file;

  g_return_val_if_fail (text != NULL, NULL);

  file = fl_policy_file_new (origin);
  g_ptr_array_add (files, file);
  fl_policy_file_read (file, text, length);

  return fl_policy_new_from_files (files);
}

/**
 * fl_policy_get_origins:
 * @self: a policy
 *
 * Tells which files the policy comes from, or should have come from: what counts most first.
 *
 * Returns: (transfer none) (array zero-terminated=1): their paths, perhaps none
 */
const char * const *
fl_policy_get_origins (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return (const char * const *) self->origins;
}

/**
 * fl_policy_get_mistakes:
 * @self: a policy
 *
 * Tells what is wrong with the policy files, one after the other, from the first line to the last.
 *
 * Returns: (transfer none) (element-type FlPolicyMistake): the mistakes, perhaps none
 */
GPtrArray *
fl_policy_get_mistakes (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->mistakes;
}

/**
 * fl_policy_get_value:
 * @self: a policy
 * @key: one of [func@Policy.get_keys]
 *
 * Returns: (transfer none) (nullable): what holds, as it would stand in a file; %NULL for nothing
 */
const char *
fl_policy_get_value (FlPolicy          *self,
                     const FlPolicyKey *key)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);
  g_return_val_if_fail (key >= fl_policy_keys && key < fl_policy_keys + N_KEYS, NULL);

  return self->values[key - fl_policy_keys];
}

/**
 * fl_policy_get_value_origin:
 * @self: a policy
 * @key: one of [func@Policy.get_keys]
 *
 * Returns: (transfer none) (nullable): path of the file that has given the key; %NULL where what is built in holds
 */
const char *
fl_policy_get_value_origin (FlPolicy          *self,
                            const FlPolicyKey *key)
{
  FlPolicyFile *source;

  g_return_val_if_fail (FL_IS_POLICY (self), NULL);
  g_return_val_if_fail (key >= fl_policy_keys && key < fl_policy_keys + N_KEYS, NULL);

  source = self->sources[key - fl_policy_keys];
  return source != NULL ? source->origin : NULL;
}

/**
 * fl_policy_set_language:
 * @self: a policy
 * @language: `en`, `sv`
 *
 * Chooses among the translations in the policy file. Strings that were got before are no longer valid.
 */
void
fl_policy_set_language (FlPolicy   *self,
                        const char *language)
{
  g_return_if_fail (FL_IS_POLICY (self));
  g_return_if_fail (language != NULL);

  g_free (self->language);
  self->language = g_strdup (language);
  fl_policy_take_texts (self);
}

/**
 * fl_policy_get_server:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): the server that accounts live on, in the form of fl_link_parse_server()
 */
const char *
fl_policy_get_server (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SERVER_URL];
}

/**
 * fl_policy_get_landing:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): the page that links in mails may go to, besides the server's own
 */
const char *
fl_policy_get_landing (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SERVER_LANDING];
}

/**
 * fl_policy_get_organisation:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): the employer's name
 */
const char *
fl_policy_get_organisation (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_ORGANISATION_NAME];
}

/**
 * fl_policy_get_issuer:
 * @self: a policy
 *
 * Returns: (transfer none): the name of the account, as people and authenticator apps are told it
 */
const char *
fl_policy_get_issuer (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_ACCOUNT_NAME];
}

/**
 * fl_policy_get_may_remember:
 * @self: a policy
 *
 * Returns: whether the address may be kept for the next time
 */
gboolean
fl_policy_get_may_remember (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), FALSE);

  return g_str_equal (self->values[KEY_ACCOUNT_REMEMBER_ADDRESS], "true");
}

/**
 * fl_policy_get_product:
 * @self: a policy
 *
 * Returns: (transfer none): the name of what people want to get into
 */
const char *
fl_policy_get_product (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_PRODUCT_NAME];
}

/**
 * fl_policy_get_product_url:
 * @self: a policy
 *
 * Returns: (transfer none): where the product opens in a browser
 */
const char *
fl_policy_get_product_url (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_PRODUCT_URL];
}

/**
 * fl_policy_get_mobile_url:
 * @self: a policy
 *
 * Returns: (transfer none): the site that the product's phone app asks for
 */
const char *
fl_policy_get_mobile_url (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_PRODUCT_MOBILE_URL];
}

/**
 * fl_policy_get_mail_sender:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): the address that mails come from, to search the inbox for
 */
const char *
fl_policy_get_mail_sender (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_MAIL_SENDER];
}

/**
 * fl_policy_get_second_factor_rule:
 * @self: a policy
 * @now: Unix seconds
 *
 * Tells whether two-factor authentication has to be activated. What is optional until a day is required after it.
 *
 * Returns: the rule at @now
 */
FlSecondFactorRule
fl_policy_get_second_factor_rule (FlPolicy *self,
                                  gint64    now)
{
  const char *rule;
  gint64 until;

  g_return_val_if_fail (FL_IS_POLICY (self), FL_SECOND_FACTOR_REQUIRED);

  rule = self->values[KEY_TWO_FACTOR_RULE];
  until = fl_policy_get_optional_until (self);
  if (g_str_equal (rule, "off"))
    return FL_SECOND_FACTOR_OFF;
  if (g_str_equal (rule, "optional") && (until == 0 || now <= until))
    return FL_SECOND_FACTOR_OPTIONAL;

  return FL_SECOND_FACTOR_REQUIRED;
}

/**
 * fl_policy_get_optional_until:
 * @self: a policy
 *
 * Tells how long two-factor authentication may be put off.
 *
 * Returns: the last Unix second of the last day, as the day ends on this computer; 0 when there is no such day
 */
gint64
fl_policy_get_optional_until (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), 0);

  return self->values[KEY_TWO_FACTOR_UNTIL] != NULL ? fl_policy_end_of_day (self->values[KEY_TWO_FACTOR_UNTIL]) : 0;
}

/**
 * fl_policy_get_authenticator_apps:
 * @self: a policy
 *
 * Returns: (transfer none) (array zero-terminated=1): names of authenticator apps to suggest; perhaps none
 */
const char * const *
fl_policy_get_authenticator_apps (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return (const char * const *) self->lists[KEY_TWO_FACTOR_APPS];
}

/**
 * fl_policy_get_password_minimum:
 * @self: a policy
 *
 * Returns: the fewest characters of a password, as far as this computer knows; the server decides
 */
int
fl_policy_get_password_minimum (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), 0);

  return (int) g_ascii_strtoll (self->values[KEY_PASSWORD_MINIMUM], NULL, 10);
}

/**
 * fl_policy_get_password_kinds:
 * @self: a policy
 *
 * Returns: the kinds of characters that a password must have, as far as this computer knows; the server decides
 */
FlPasswordKinds
fl_policy_get_password_kinds (FlPolicy *self)
{
  static const struct {
    gsize key;
    FlPasswordKinds kind;
  } rules[] = {
    { KEY_PASSWORD_LOWERCASE, FL_PASSWORD_LOWERCASE },
    { KEY_PASSWORD_UPPERCASE, FL_PASSWORD_UPPERCASE },
    { KEY_PASSWORD_DIGIT, FL_PASSWORD_DIGIT },
    { KEY_PASSWORD_SYMBOL, FL_PASSWORD_SYMBOL },
  };
  FlPasswordKinds kinds = 0;

  g_return_val_if_fail (FL_IS_POLICY (self), 0);

  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (g_str_equal (self->values[rules[i].key], "true"))
        kinds |= rules[i].kind;
    }

  return kinds;
}

/**
 * fl_policy_get_support_text:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): whom to ask for help, in words
 */
const char *
fl_policy_get_support_text (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SUPPORT_TEXT];
}

/**
 * fl_policy_get_support_phone:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): a telephone number, as it is shown
 */
const char *
fl_policy_get_support_phone (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SUPPORT_PHONE];
}

/**
 * fl_policy_get_support_mail:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): a mail address
 */
const char *
fl_policy_get_support_mail (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SUPPORT_MAIL];
}

/**
 * fl_policy_get_support_hours:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): when somebody answers, in words
 */
const char *
fl_policy_get_support_hours (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SUPPORT_HOURS];
}

/**
 * fl_policy_get_ca_file:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): absolute path of a file with certificates of authorities, in PEM, which count for
 *   the server besides the system's
 */
const char *
fl_policy_get_ca_file (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_SERVER_CA_FILE];
}

/**
 * fl_policy_get_languages:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): codes of the languages to offer, `en`, `sv`, at least
 *   one; %NULL for all that there are
 */
const char * const *
fl_policy_get_languages (FlPolicy *self)
{
  char **languages;

  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  languages = self->lists[KEY_LANGUAGE_OFFERED];
  return languages != NULL && languages[0] != NULL ? (const char * const *) languages : NULL;
}

/**
 * fl_policy_get_privacy_text:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): what people are told about their data
 */
const char *
fl_policy_get_privacy_text (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_PRIVACY_TEXT];
}

/**
 * fl_policy_get_privacy_url:
 * @self: a policy
 *
 * Returns: (transfer none) (nullable): a page that says more about people's data
 */
const char *
fl_policy_get_privacy_url (FlPolicy *self)
{
  g_return_val_if_fail (FL_IS_POLICY (self), NULL);

  return self->values[KEY_PRIVACY_URL];
}

/**
 * fl_policy_is_locked:
 * @self: a policy
 * @group: `server`
 * @key: `url`
 *
 * Tells whether what the policy says there holds against everything else: what was saved, is typed, or stands on the
 * command line.
 *
 * Returns: whether it does
 */
gboolean
fl_policy_is_locked (FlPolicy   *self,
                     const char *group,
                     const char *key)
{
  char **locked;
  g_autofree char *name = NULL;

  g_return_val_if_fail (FL_IS_POLICY (self), FALSE);

  locked = self->lists[KEY_POLICY_LOCKED];
  name = g_strdup_printf ("%s.%s", group, key);
  return locked != NULL && g_strv_contains ((const char * const *) locked, name);
}
