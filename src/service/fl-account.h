/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "fl-engine.h"

G_BEGIN_DECLS

#define FL_ACCOUNT_RECOVERY_CODES 12  /* as Kratos makes */

/**
 * FlAccount:
 * @id: UUID
 * @email: the address, in lower case
 * @traits: the traits as they were imported
 * @active: whether it may sign in
 * @address_id: UUID of the address as a verifiable one
 * @recovery_id: UUID of the address as a recovery address
 * @verified_at: Unix time in seconds, or 0
 * @created_at: Unix time in seconds
 * @password: (nullable): PHC string
 * @totp_key: (nullable): sealed
 * @totp_period: the last period whose code was accepted
 * @recovery_codes: how many recovery codes there are, used or not
 *
 * A person, as read from the database.
 */
typedef struct
{
  char       *id;
  char       *email;
  JsonObject *traits;
  gboolean    active;
  char       *address_id;
  char       *recovery_id;
  gint64      verified_at;
  gint64      created_at;
  char       *password;
  GBytes     *totp_key;
  gint64      totp_period;
  guint       recovery_codes;
} FlAccount;

typedef enum {
  FL_RECOVERY_CODE_ACCEPTED,
  FL_RECOVERY_CODE_UNKNOWN,
  FL_RECOVERY_CODE_USED,
} FlRecoveryCodeOutcome;

FlAccount             *fl_account_find                 (FlEngine         *engine,
                                                        const char       *id);
FlAccount             *fl_account_find_by_email        (FlEngine         *engine,
                                                        const char       *email);
void                   fl_account_free                 (FlAccount        *self);
gboolean               fl_account_has_second_factor    (const FlAccount  *self);
JsonObject            *fl_account_to_json              (const FlAccount  *self,
                                                        FlEngine         *engine);
const char            *fl_account_get_first_name       (const FlAccount  *self);
void                   fl_account_set_password         (FlAccount        *self,
                                                        FlEngine         *engine,
                                                        const char       *hash);
void                   fl_account_set_verified         (FlAccount        *self,
                                                        FlEngine         *engine);
void                   fl_account_set_totp             (FlAccount        *self,
                                                        FlEngine         *engine,
                                                        GBytes           *sealed,
                                                        gint64            period);
gboolean               fl_account_accept_totp          (FlAccount        *self,
                                                        FlEngine         *engine,
                                                        const char       *code);
void                   fl_account_set_recovery_codes   (FlAccount        *self,
                                                        FlEngine         *engine,
                                                        char            **codes);
GArray                *fl_account_list_recovery_codes  (const FlAccount  *self,
                                                        FlEngine         *engine);
FlRecoveryCodeOutcome  fl_account_accept_recovery_code (FlAccount        *self,
                                                        FlEngine         *engine,
                                                        const char       *code);

char                  *fl_account_fold_email           (const char       *typed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlAccount, fl_account_free)

G_END_DECLS
