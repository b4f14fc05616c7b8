/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "fl-secret.h"

G_BEGIN_DECLS

#define FL_TYPE_LETTER (fl_letter_get_type ())

/**
 * FlLetter:
 * @to: the address of the person
 * @name: (nullable): the first name to greet
 * @lang: (nullable): language of the request; everything but a language that the words exist in is English
 * @flow: (nullable): UUID of the recovery flow; without it the mail shows the code and no button
 * @code: the six digits
 * @landing: (nullable): URL of the reset page; only needed with @flow
 * @from: the sender, `Name <address>` or an address
 * @product: what the person wants to sign in to
 * @sent_at: Unix time in seconds
 * @expires_at: Unix time in seconds
 *
 * What a mail with a code has to say: the facts, before they become a message.
 *
 * Fill the members right after fl_letter_new(), which leaves them all empty; once the letter is handed to a
 * [iface@Post] it is read in another thread and must not change.
 */
typedef struct
{
  char     *to;
  char     *name;
  char     *lang;
  char     *flow;
  FlSecret *code;
  char     *landing;
  char     *from;
  char     *product;
  gint64    sent_at;
  gint64    expires_at;
} FlLetter;

GType     fl_letter_get_type (void);
FlLetter *fl_letter_new      (void);
FlLetter *fl_letter_ref      (FlLetter  *self);
void      fl_letter_unref    (FlLetter  *self);
GBytes   *fl_letter_compose  (FlLetter  *self,
                              char     **sender,
                              GError   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlLetter, fl_letter_unref)

G_END_DECLS
