/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-answer"

#include "config.h"

#include "fl-answer.h"

/*
 * FlAnswer: what one verb of an identity brought.
 *
 * A verb fills in what it has learned; everything else says "unknown", so that the journey keeps what it knew before.
 */

G_DEFINE_BOXED_TYPE (FlAnswer, fl_answer, fl_answer_copy, fl_answer_free)

/**
 * fl_answer_new:
 * @outcome: how the verb ended
 *
 * Makes an answer in which everything but @outcome is unknown.
 *
 * Returns: (transfer full): a new answer
 */
FlAnswer *
fl_answer_new (FlOutcome outcome)
{
  FlAnswer *self = g_new0 (FlAnswer, 1);

  self->outcome = outcome;
  self->recovery_codes_left = -1;

  return self;
}

/**
 * fl_answer_copy:
 * @self: an answer
 *
 * Copies an answer; secrets are shared, not doubled.
 *
 * Returns: (transfer full): a new answer
 */
FlAnswer *
fl_answer_copy (const FlAnswer *self)
{
  FlAnswer *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (FlAnswer, 1);
  *copy = *self;
  copy->address = g_strdup (self->address);
  copy->flow = self->flow != NULL ? fl_secret_ref (self->flow) : NULL;
  copy->enrolment = self->enrolment != NULL ? fl_otpauth_ref (self->enrolment) : NULL;
  copy->codes = self->codes != NULL ? g_ptr_array_ref (self->codes) : NULL;
  copy->challenge = g_strdup (self->challenge);

  return copy;
}

/**
 * fl_answer_free:
 * @self: (transfer full) (nullable): an answer
 *
 * Frees an answer.
 */
void
fl_answer_free (FlAnswer *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_clear_pointer (&self->flow, fl_secret_unref);
  g_clear_pointer (&self->enrolment, fl_otpauth_unref);
  g_clear_pointer (&self->codes, g_ptr_array_unref);
  g_free (self->challenge);
  g_free (self);
}
