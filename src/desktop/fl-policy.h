/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "fl-journey.h"
#include "fl-policy-mistake.h"

G_BEGIN_DECLS

typedef enum {
  FL_POLICY_TEXT,               /* may be translated: name[sv]=... */
  FL_POLICY_WORD,               /* a string that is the same in every language */
  FL_POLICY_URL,                /* https; http only for this computer itself */
  FL_POLICY_SERVER,             /* a URL as fl_link_parse_server() takes it */
  FL_POLICY_ADDRESS,            /* a mail address */
  FL_POLICY_LIST,
  FL_POLICY_NUMBER,
  FL_POLICY_BOOLEAN,
  FL_POLICY_RULE,               /* required, optional, off */
  FL_POLICY_DAY,                /* YYYY-MM-DD */
  FL_POLICY_FILE,               /* a path; a relative one begins at the policy file's folder */
  FL_POLICY_LANGUAGES,          /* a list of languages that the program knows */
  FL_POLICY_KEYS,               /* a list of keys, each as group.key */
} FlPolicyType;

/* One key that a policy file may have. */
typedef struct {
  const char   *group;
  const char   *key;
  FlPolicyType  type;
  const char   *override;       /* what counts before it where it is not locked; NULL: nothing */
  const char   *fallback;       /* as it would stand in the file; NULL: none */
  const char   *example;
  const char   *doc;            /* what it is */
  const char   *effect;         /* what the program does with it, and without it */
} FlPolicyKey;

/* Kinds of characters that the server wants in a password, as far as they are to be shown. */
typedef enum {
  FL_PASSWORD_LOWERCASE = 1 << 0,
  FL_PASSWORD_UPPERCASE = 1 << 1,
  FL_PASSWORD_DIGIT     = 1 << 2,
  FL_PASSWORD_SYMBOL    = 1 << 3,
} FlPasswordKinds;

#define FL_TYPE_POLICY (fl_policy_get_type ())
G_DECLARE_FINAL_TYPE (FlPolicy, fl_policy, FL, POLICY, GObject)

FlPolicy           *fl_policy_new                    (void);
FlPolicy           *fl_policy_new_training           (void);
FlPolicy           *fl_policy_new_from_data          (const char          *text,
                                                      gsize                length,
                                                      const char          *origin);
FlPolicy           *fl_policy_new_from_file          (const char          *path);
FlPolicy           *fl_policy_new_from_descriptor    (int                  fd);
FlPolicy           *fl_policy_load                   (const char * const  *administrators,
                                                      const char * const  *vendors);
void                fl_policy_load_async             (const char * const  *administrators,
                                                      const char * const  *vendors,
                                                      GCancellable        *cancellable,
                                                      GAsyncReadyCallback  callback,
                                                      gpointer             user_data);
FlPolicy           *fl_policy_load_finish            (GAsyncResult        *result,
                                                      GError             **error);
const FlPolicyKey  *fl_policy_get_keys               (gsize               *n_keys);

const char * const *fl_policy_get_origins            (FlPolicy            *self);
const char         *fl_policy_get_value              (FlPolicy            *self,
                                                      const FlPolicyKey   *key);
const char         *fl_policy_get_value_origin       (FlPolicy            *self,
                                                      const FlPolicyKey   *key);
GPtrArray          *fl_policy_get_mistakes           (FlPolicy            *self);
void                fl_policy_set_language           (FlPolicy            *self,
                                                      const char          *language);

const char         *fl_policy_get_server             (FlPolicy            *self);
const char         *fl_policy_get_landing            (FlPolicy            *self);
const char         *fl_policy_get_organisation       (FlPolicy            *self);
const char         *fl_policy_get_issuer             (FlPolicy            *self);
gboolean            fl_policy_get_may_remember       (FlPolicy            *self);
const char         *fl_policy_get_product            (FlPolicy            *self);
const char         *fl_policy_get_product_url        (FlPolicy            *self);
const char         *fl_policy_get_mobile_url         (FlPolicy            *self);
const char         *fl_policy_get_mail_sender        (FlPolicy            *self);
FlSecondFactorRule  fl_policy_get_second_factor_rule (FlPolicy            *self,
                                                      gint64               now);
gint64              fl_policy_get_optional_until     (FlPolicy            *self);
const char * const *fl_policy_get_authenticator_apps (FlPolicy            *self);
int                 fl_policy_get_password_minimum   (FlPolicy            *self);
FlPasswordKinds     fl_policy_get_password_kinds     (FlPolicy            *self);
const char         *fl_policy_get_support_text       (FlPolicy            *self);
const char         *fl_policy_get_support_phone      (FlPolicy            *self);
const char         *fl_policy_get_support_mail       (FlPolicy            *self);
const char         *fl_policy_get_support_hours      (FlPolicy            *self);
const char         *fl_policy_get_ca_file            (FlPolicy            *self);
const char * const *fl_policy_get_languages          (FlPolicy            *self);
const char         *fl_policy_get_privacy_text       (FlPolicy            *self);
const char         *fl_policy_get_privacy_url        (FlPolicy            *self);
gboolean            fl_policy_is_locked              (FlPolicy            *self,
                                                      const char          *group,
                                                      const char          *key);

G_END_DECLS
