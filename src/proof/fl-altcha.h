/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* ALTCHA, second generation ("PoW v2"), PBKDF2/SHA-256 only: the proof of work behind "I am not a robot". */

#define FL_ALTCHA_ERROR (fl_altcha_error_quark ())

typedef enum {
  FL_ALTCHA_ERROR_MALFORMED,  /* not a challenge or payload of this kind, or beyond our bounds */
  FL_ALTCHA_ERROR_FORGED,     /* the signature is not ours, or the solution does not solve it */
  FL_ALTCHA_ERROR_EXPIRED,
  FL_ALTCHA_ERROR_PURPOSE,    /* made for something else */
} FlAltchaError;

typedef struct _FlAltchaProof FlAltchaProof;

GQuark         fl_altcha_error_quark     (void);

char          *fl_altcha_challenge_new   (GBytes              *key,
                                          const char          *purpose,
                                          gint64               expires_at,
                                          guint                cost);
char          *fl_altcha_solve           (const char          *challenge_json,
                                          GCancellable        *cancellable,
                                          GError             **error);
gboolean       fl_altcha_verify          (const char          *payload_base64,
                                          GBytes              *key,
                                          const char          *purpose,
                                          gint64               now,
                                          char               **nonce,
                                          GError             **error);

FlAltchaProof *fl_altcha_proof_open      (const char          *payload_base64,
                                          GBytes              *key,
                                          const char          *purpose,
                                          gint64               now,
                                          GError             **error);
void           fl_altcha_proof_free      (FlAltchaProof       *self);
const char    *fl_altcha_proof_get_nonce (const FlAltchaProof *self);
gboolean       fl_altcha_proof_is_solved (const FlAltchaProof *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlAltchaProof, fl_altcha_proof_free)

G_END_DECLS
