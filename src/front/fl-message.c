/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-front"

#include "config.h"

#include "fl-message.h"

#include "fl-member.h"

#include <string.h>

typedef struct
{
  guint       id;
  const char *type;
  const char *text;
} Message;

/* Ids and meanings are Kratos' (docs: "UI error codes"). The texts are for people who read the protocol: clients match
 * on the id and speak the user's language. */
static const Message messages[] = {
  { 1010001, "info", "Sign in" },
  { 1010003, "info", "Please confirm this action by verifying that it is you." },
  { 1010004, "info", "Please complete the second authentication challenge." },
  { 1010006, "info", "Authentication code" },
  { 1010007, "info", "Backup recovery code" },
  { 1010009, "info", "Use Authenticator" },
  { 1010010, "info", "Use backup recovery code" },
  { 1010022, "info", "Sign in with password" },
  { 1050001, "success", "Your changes have been saved!" },
  { 1050004, "info", "Unlink TOTP Authenticator App" },
  { 1050005, "info", "Authenticator app QR code" },
  { 1050007, "info", "Reveal backup recovery codes" },
  { 1050008, "info", "Generate new backup recovery codes" },
  { 1050010, "info", "These are your back up recovery codes. Please keep them in a safe place!" },
  { 1050011, "info", "Confirm backup recovery codes" },
  { 1050016, "info", "Disable this method" },
  { 1050017, "info", "This is your authenticator app secret. Use it if you can not scan the QR code." },
  { 1060001, "success", "You successfully recovered your account. Please change your password or set up an alternative "
                        "login method within the next %s minutes." },
  { 1060003, "info", "An email containing a recovery code has been sent to the email address you provided. If you have "
                     "not received an email, check the spelling of the address and make sure to use the address you "
                     "registered with." },
  { 1070001, "info", "Password" },
  { 1070002, "info", "E-Mail" },
  { 1070003, "info", "Save" },
  { 1070006, "info", "Verify code" },
  { 1070007, "info", "Email" },
  { 1070008, "info", "Resend code" },
  { 1070009, "info", "Continue" },
  { 1070010, "info", "Recovery code" },
  { 4000001, "error", "%s" },
  { 4000002, "error", "Property %s is missing." },
  { 4000003, "error", "length must be >= %s, but got %s" },
  { 4000006, "error", "The provided credentials are invalid, check for spelling mistakes in your password or username, "
                      "email address, or phone number." },
  { 4000008, "error", "The provided authentication code is invalid, please try again." },
  { 4000011, "error", "You have no TOTP device set up." },
  { 4000012, "error", "This backup recovery code has already been used." },
  { 4000014, "error", "You have no backup recovery codes set up." },
  { 4000016, "error", "The backup recovery code is not valid." },
  { 4000031, "error", "The password can not be used because it is too similar to the identifier." },
  { 4000032, "error", "The password must be at least %s characters long, but got %s." },
  { 4000033, "error", "The password must be at most %s characters long, but got %s." },
  { 4000038, "error", "Captcha verification failed, please try again." },
  { 4000039, "error", "The new password must be different from the old password." },
  { 4000040, "error", "Enter a valid email address" },
  { 4010001, "error", "The login flow expired %s minutes ago, please try again." },
  { 4010002, "error", "Could not find a strategy to log you in with. Did you fill out the form correctly?" },
  { 4010004, "error", "Could not find a strategy to update your settings. Did you fill out the form correctly?" },
  { 4010005, "error", "Could not find a strategy to recover your account with. Did you fill out the form correctly?" },
  { 4050001, "error", "The settings flow expired %s minutes ago, please try again." },
  { 4060001, "error", "The request was already completed successfully and can not be retried." },
  { 4060005, "error", "The recovery flow expired %s minutes ago, please try again." },
  { 4060006, "error", "The recovery code is invalid or has already been used. Please try again." },
};

static const Message *
find (guint id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      if (messages[i].id == id)
        return &messages[i];
    }
  g_assert_not_reached ();
}

/* Puts up to two values in the places of a text. */
static char *
fill (const char *text,
      const char *first,
      const char *second)
{
  const char *values[] = { first, second };
  GString *filled = g_string_new (NULL);
  gsize used = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (p[0] == '%' && p[1] == 's' && used < G_N_ELEMENTS (values) && values[used] != NULL)
        {
          g_string_append (filled, values[used++]);
          p++;
        }
      else
        {
          g_string_append_c (filled, *p);
        }
    }
  return g_string_free (filled, FALSE);
}

static JsonObject *
build (guint       id,
       const char *first,
       const char *second,
       JsonObject *context)
{
  const Message *message = find (id);
  JsonObject *object = json_object_new ();
  g_autofree char *text = fill (message->text, first, second);

  json_object_set_int_member (object, "id", id);
  json_object_set_string_member (object, "text", text);
  json_object_set_string_member (object, "type", message->type);
  if (context != NULL)
    json_object_set_object_member (object, "context", context);
  return object;
}

/**
 * fl_message_new:
 * @id: an id of the dialect that needs no context
 *
 * Returns: (transfer full): the message
 */
JsonObject *
fl_message_new (guint id)
{
  JsonObject *context = NULL;

  if (id == 1070002)
    {
      context = json_object_new ();
      json_object_set_string_member (context, "name", "traits.email");
      json_object_set_string_member (context, "title", "E-Mail");
    }
  return build (id, NULL, NULL, context);
}

/**
 * fl_message_new_about:
 * @id: an id whose context is one text
 * @name: what the text is: `property`, `value`, `reason`
 * @value: the text
 *
 * Returns: (transfer full): the message
 */
JsonObject *
fl_message_new_about (guint       id,
                      const char *name,
                      const char *value)
{
  JsonObject *context = json_object_new ();

  json_object_set_string_member (context, name, value);
  return build (id, value, NULL, context);
}

/**
 * fl_message_new_length:
 * @id: 4000003, 4000032 (too short) or 4000033 (too long)
 * @limit: bytes allowed
 * @actual: bytes there were
 *
 * Returns: (transfer full): the message
 */
JsonObject *
fl_message_new_length (guint  id,
                       gint64 limit,
                       gint64 actual)
{
  JsonObject *context = json_object_new ();
  g_autofree char *first = g_strdup_printf ("%" G_GINT64_FORMAT, limit);
  g_autofree char *second = g_strdup_printf ("%" G_GINT64_FORMAT, actual);

  json_object_set_int_member (context, id == 4000033 ? "max_length" : "min_length", limit);
  json_object_set_int_member (context, "actual_length", actual);
  return build (id, first, second, context);
}

/**
 * fl_message_new_expired:
 * @id: 4010001 (login), 4050001 (settings) or 4060005 (recovery)
 * @expired_at: Unix time in seconds
 * @now: Unix time in seconds
 *
 * Returns: (transfer full): the message
 */
JsonObject *
fl_message_new_expired (guint  id,
                        gint64 expired_at,
                        gint64 now)
{
  JsonObject *context = json_object_new ();
  g_autofree char *minutes = g_strdup_printf ("%.2f", (double) (now - expired_at) / 60);

  fl_member_set_time (context, "expired_at", expired_at);
  json_object_set_int_member (context, "expired_at_unix", expired_at);
  return build (id, minutes, NULL, context);
}

/**
 * fl_message_new_privileged:
 * @expires_at: Unix time in seconds until which a password may be set
 * @now: Unix time in seconds
 *
 * Returns: (transfer full): what stands first in the settings after a recovery
 */
JsonObject *
fl_message_new_privileged (gint64 expires_at,
                           gint64 now)
{
  JsonObject *context = json_object_new ();
  g_autofree char *minutes = g_strdup_printf ("%.2f", (double) (expires_at - now) / 60);

  /* Kratos spells the first one twice, for clients older than the underscore. */
  fl_member_set_time (context, "privilegedSessionExpiresAt", expires_at);
  fl_member_set_time (context, "privileged_session_expires_at", expires_at);
  json_object_set_int_member (context, "privileged_session_expires_at_unix", expires_at);
  return build (1060001, minutes, NULL, context);
}

/**
 * fl_message_new_secret:
 * @id: 1050006 (TOTP key) or 1050009 (recovery code)
 * @secret: what is shown
 *
 * Returns: (transfer full): the message
 */
JsonObject *
fl_message_new_secret (guint       id,
                       const char *secret)
{
  JsonObject *object = json_object_new ();
  JsonObject *context = json_object_new ();

  json_object_set_string_member (context, "secret", secret);
  json_object_set_int_member (object, "id", id);
  json_object_set_string_member (object, "text", secret);
  json_object_set_string_member (object, "type", "info");
  json_object_set_object_member (object, "context", context);
  return object;
}

/**
 * fl_message_new_used:
 * @used_at: Unix time in seconds
 *
 * Returns: (transfer full): the message in the place of a recovery code that has been used
 */
JsonObject *
fl_message_new_used (gint64 used_at)
{
  JsonObject *object = json_object_new ();
  JsonObject *context = json_object_new ();
  g_autofree char *time = fl_member_format_time (used_at);
  g_autofree char *text = g_strdup_printf ("Secret was used at %s", time);

  json_object_set_string_member (context, "used_at", time);
  json_object_set_int_member (context, "used_at_unix", used_at);
  json_object_set_int_member (object, "id", 1050014);
  json_object_set_string_member (object, "text", text);
  json_object_set_string_member (object, "type", "info");
  json_object_set_object_member (object, "context", context);
  return object;
}
