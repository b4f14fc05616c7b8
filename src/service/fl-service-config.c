/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-service-config.h"

#include <string.h>

/* Ten years: whatever is longer is a mistake of units. */
#define LONGEST ((gint64) 10 * 365 * 24 * 3600)

typedef enum {
  KIND_NUMBER,
  KIND_SWITCH,
  KIND_TEXT,
} Kind;

typedef struct
{
  const char *group;
  const char *key;
  Kind        kind;
  gsize       offset;
  gint64      least;
  gint64      most;
} Setting;

#define NUMBER(group, key, member, least, most) \
  { group, key, KIND_NUMBER, G_STRUCT_OFFSET (FlServiceConfig, member), least, most }
#define SWITCH(group, key, member) { group, key, KIND_SWITCH, G_STRUCT_OFFSET (FlServiceConfig, member), 0, 0 }
#define TEXT(group, key, member) { group, key, KIND_TEXT, G_STRUCT_OFFSET (FlServiceConfig, member), 0, 0 }

static const Setting settings[] = {
  NUMBER ("lifespan", "login", login_lifespan, 1, LONGEST),
  NUMBER ("lifespan", "recovery", recovery_lifespan, 1, LONGEST),
  NUMBER ("lifespan", "code", code_lifespan, 1, LONGEST),
  NUMBER ("lifespan", "settings", settings_lifespan, 1, LONGEST),
  NUMBER ("lifespan", "privileged", privileged_lifespan, 1, LONGEST),
  NUMBER ("lifespan", "session", session_lifespan, 1, LONGEST),
  NUMBER ("password", "minimum", password_minimum, 6, 72),
  SWITCH ("robot", "enabled", robot_enabled),
  SWITCH ("throttle", "enabled", throttle_enabled),
  NUMBER ("throttle", "attempts", throttle_attempts, 1, 1000),
  NUMBER ("throttle", "window", throttle_window, 1, LONGEST),
  NUMBER ("throttle", "rest", throttle_rest, 1, LONGEST),
  NUMBER ("throttle", "mails", throttle_mails, 1, 1000),
  NUMBER ("throttle", "mail-window", throttle_mail_window, 1, LONGEST),
  NUMBER ("throttle", "resend", throttle_resend, 0, LONGEST),
  TEXT ("totp", "issuer", totp_issuer),
  TEXT ("mail", "from", mail_from),
  TEXT ("mail", "landing", mail_landing),
};

G_DEFINE_BOXED_TYPE (FlServiceConfig, fl_service_config, fl_service_config_copy, fl_service_config_free)

static const Setting *
find_setting (const char *group,
              const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      if (strcmp (settings[i].group, group) == 0 && strcmp (settings[i].key, key) == 0)
        return &settings[i];
    }
  return NULL;
}

static gboolean
read_number (FlServiceConfig  *self,
             GKeyFile         *file,
             const Setting    *setting,
             GError          **error)
{
  GError *local_error = NULL;
  gint64 value = g_key_file_get_int64 (file, setting->group, setting->key, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (value < setting->least || value > setting->most)
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
                   "[%s] %s must lie between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT,
                   setting->group, setting->key, setting->least, setting->most);
      return FALSE;
    }
  G_STRUCT_MEMBER (gint64, self, setting->offset) = value;
  return TRUE;
}

static gboolean
read_setting (FlServiceConfig  *self,
              GKeyFile         *file,
              const Setting    *setting,
              GError          **error)
{
  GError *local_error = NULL;
  char **text;

  switch (setting->kind)
    {
    case KIND_NUMBER:
      return read_number (self, file, setting, error);

    case KIND_SWITCH:
      G_STRUCT_MEMBER (gboolean, self, setting->offset) =
        g_key_file_get_boolean (file, setting->group, setting->key, &local_error);
      if (local_error != NULL)
        g_propagate_error (error, local_error);
      return local_error == NULL;

    case KIND_TEXT:
      text = &G_STRUCT_MEMBER (char *, self, setting->offset);
      g_free (*text);
      *text = g_key_file_get_string (file, setting->group, setting->key, error);
      return *text != NULL;

    default:
      g_assert_not_reached ();
    }
}

/**
 * fl_service_config_new:
 *
 * Returns: (transfer full): the defaults; the limits are those of NIST SP 800-63B's advice to slow guessing down
 *   without locking a person out for good
 */
FlServiceConfig *
fl_service_config_new (void)
{
  FlServiceConfig *self = g_new0 (FlServiceConfig, 1);

  self->login_lifespan = 900;
  self->recovery_lifespan = 1800;
  self->code_lifespan = 1800;
  self->settings_lifespan = 3600;
  self->privileged_lifespan = 900;
  self->session_lifespan = 86400;
  self->password_minimum = 10;
  self->robot_enabled = TRUE;
  self->throttle_enabled = TRUE;
  self->throttle_attempts = 8;
  self->throttle_window = 600;
  self->throttle_rest = 1800;
  self->throttle_mails = 5;
  self->throttle_mail_window = 3600;
  self->throttle_resend = 60;
  self->totp_issuer = g_strdup ("First Login");
  self->mail_delay = 250;
  self->mail_from = g_strdup ("First Login <first-login@localhost>");
  return self;
}

/**
 * fl_service_config_copy:
 * @self: a configuration
 *
 * Returns: (transfer full): a copy
 */
FlServiceConfig *
fl_service_config_copy (const FlServiceConfig *self)
{
  FlServiceConfig *copy = g_memdup2 (self, sizeof *self);

  copy->totp_issuer = g_strdup (self->totp_issuer);
  copy->mail_from = g_strdup (self->mail_from);
  copy->mail_landing = g_strdup (self->mail_landing);
  return copy;
}

/**
 * fl_service_config_free:
 * @self: (transfer full): a configuration
 *
 * Frees it.
 */
void
fl_service_config_free (FlServiceConfig *self)
{
  g_free (self->totp_issuer);
  g_free (self->mail_from);
  g_free (self->mail_landing);
  g_free (self);
}

/**
 * fl_service_config_load:
 * @self: the configuration to change
 * @path: (type filename): a key file
 * @error: return location for an error
 *
 * Reads what @path sets; what it does not name stays. An unknown group or key is an error, so that a slip of the pen
 * does not silently leave a limit at its default.
 *
 * Returns: whether all of @path was understood
 */
gboolean
fl_service_config_load (FlServiceConfig  *self,
                        const char       *path,
                        GError          **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, error))
    return FALSE;

  groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, error);

      if (keys == NULL)
        return FALSE;
      for (gsize j = 0; keys[j] != NULL; j++)
        {
          const Setting *setting = find_setting (groups[i], keys[j]);

          if (setting == NULL)
            {
              g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND,
                           "there is no setting “%s” in [%s]", keys[j], groups[i]);
              return FALSE;
            }
          if (!read_setting (self, file, setting, error))
            return FALSE;
        }
    }
  return TRUE;
}
