/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FL_TYPE_SERVICE_CONFIG (fl_service_config_get_type ())

/**
 * FlServiceConfig:
 * @login_lifespan: seconds that a login flow may be used
 * @recovery_lifespan: seconds that a recovery flow may be used
 * @code_lifespan: seconds that a mailed code may be used
 * @settings_lifespan: seconds that a settings flow may be used
 * @privileged_lifespan: seconds after an authentication in which factors may be changed
 * @session_lifespan: seconds that a session lasts
 * @password_minimum: bytes that a password has at least
 * @robot_enabled: whether a mail costs a proof of work
 * @throttle_enabled: whether anything is limited at all
 * @throttle_attempts: failures within @throttle_window seconds that bring @throttle_rest seconds of rest
 * @throttle_window: see @throttle_attempts
 * @throttle_rest: see @throttle_attempts
 * @throttle_mails: mails to one address within @throttle_mail_window seconds
 * @throttle_mail_window: see @throttle_mails
 * @throttle_resend: seconds between two mails to one address
 * @totp_issuer: the name that an authenticator shows, and what the mail says one signs in to
 * @mail_delay: milliseconds from an answer to sending its mail; no key sets it
 * @mail_from: the sender, `Name <address>` or an address
 * @mail_landing: (nullable): URL of the reset page; %NULL for the service's own
 *
 * What a training service can be told: lifetimes, limits and names, with the defaults of a sensible production.
 */
typedef struct
{
  gint64    login_lifespan;
  gint64    recovery_lifespan;
  gint64    code_lifespan;
  gint64    settings_lifespan;
  gint64    privileged_lifespan;
  gint64    session_lifespan;
  gint64    password_minimum;
  gboolean  robot_enabled;
  gboolean  throttle_enabled;
  gint64    throttle_attempts;
  gint64    throttle_window;
  gint64    throttle_rest;
  gint64    throttle_mails;
  gint64    throttle_mail_window;
  gint64    throttle_resend;
  char     *totp_issuer;
  gint64    mail_delay;
  char     *mail_from;
  char     *mail_landing;
} FlServiceConfig;

GType            fl_service_config_get_type (void);
FlServiceConfig *fl_service_config_new      (void);
FlServiceConfig *fl_service_config_copy     (const FlServiceConfig  *self);
void             fl_service_config_free     (FlServiceConfig        *self);
gboolean         fl_service_config_load     (FlServiceConfig        *self,
                                             const char             *path,
                                             GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlServiceConfig, fl_service_config_free)

G_END_DECLS
