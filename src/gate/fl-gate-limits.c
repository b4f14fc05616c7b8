/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-gate"

#include "config.h"

#include "fl-gate-limits.h"

#include <string.h>

#define OFFICE_NETWORKS "OFFICE_NETWORKS"
#define OFFICE_FACTOR "OFFICE_FACTOR"

#define LIMIT_MOST 1000000
#define WINDOW_MOST (30 * 24 * 60 * 60)

/**
 * FlGateLimits:
 *
 * How often what may be tried, and which networks are the organisation's own. It is filled when the gate starts, and not
 * changed from then on.
 */
struct _FlGateLimits
{
  GObject      parent_instance;
  FlGateLimit  limits[FL_GATE_KINDS][FL_GATE_REACHES];
  GPtrArray   *offices;  /* of GInetAddressMask */
  guint        office_factor;
};

/*
 * Where the numbers come from:
 *
 * Per account, 100: NIST SP 800-63B-4, section 3.2.2, has no more than 100 consecutive failed attempts on one account, and
 * lists what is done so that nobody is locked out by others: accepting attempts from networks from which the person has
 * signed in before, and a robot check. After that one comes back every quarter of an hour, where NIST has the password
 * disabled: a new one by mail is always possible.
 * Per person, 10 in a quarter of an hour: OWASP, Authentication Cheat Sheet, "Login Throttling", has a threshold, a window and
 * a time of rest, and none of the numbers; ten is what a person with two passwords in mind and Caps Lock needs, a tenth of
 * what locks an account, and a machine gets 40 in an hour with it.
 * Second factor: six digits, three codes valid at a time (RFC 6238, section 5.2). 100 tries a day find one in 1 of 3,300 days.
 * Code: Kratos takes 5 tries for each; this is across flows.
 * Mail: a person presses "Send again" a few times; what arrives uninvited stays an annoyance and no flood.
 * Per network: one password tried on every account (OWASP, "Password Spraying") needs one try for each; 300 in an hour is
 * more than a household, a shop or a carrier's network needs, and OFFICE_FACTOR times as many are enough for an office.
 */
static const struct
{
  const char  *key;
  FlGateKind   kind;
  FlGateReach  reach;
  FlGateLimit  limit;
} table[] = {
  { "PASSWORD_PER_PERSON", FL_GATE_PASSWORD, FL_GATE_PER_PERSON, { 10, 900 } },
  { "PASSWORD_PER_ACCOUNT", FL_GATE_PASSWORD, FL_GATE_PER_ACCOUNT, { 100, 86400 } },
  { "PASSWORD_PER_NETWORK", FL_GATE_PASSWORD, FL_GATE_PER_NETWORK, { 300, 3600 } },
  { "SECOND_FACTOR_PER_PERSON", FL_GATE_SECOND_FACTOR, FL_GATE_PER_PERSON, { 10, 900 } },
  { "SECOND_FACTOR_PER_ACCOUNT", FL_GATE_SECOND_FACTOR, FL_GATE_PER_ACCOUNT, { 100, 86400 } },
  { "SECOND_FACTOR_PER_NETWORK", FL_GATE_SECOND_FACTOR, FL_GATE_PER_NETWORK, { 300, 3600 } },
  { "CODE_PER_PERSON", FL_GATE_CODE, FL_GATE_PER_PERSON, { 10, 900 } },
  { "CODE_PER_ACCOUNT", FL_GATE_CODE, FL_GATE_PER_ACCOUNT, { 100, 86400 } },
  { "CODE_PER_NETWORK", FL_GATE_CODE, FL_GATE_PER_NETWORK, { 300, 3600 } },
  { "MAIL_PER_PERSON", FL_GATE_MAIL, FL_GATE_PER_PERSON, { 5, 3600 } },
  { "MAIL_PER_ACCOUNT", FL_GATE_MAIL, FL_GATE_PER_ACCOUNT, { 30, 86400 } },
  { "MAIL_PER_NETWORK", FL_GATE_MAIL, FL_GATE_PER_NETWORK, { 200, 3600 } },
};

G_DEFINE_FINAL_TYPE (FlGateLimits, fl_gate_limits, G_TYPE_OBJECT)

static void
fl_gate_limits_finalize (GObject *object)
{
  FlGateLimits *self = FL_GATE_LIMITS (object);

  g_ptr_array_unref (self->offices);

  G_OBJECT_CLASS (fl_gate_limits_parent_class)->finalize (object);
}

static void
fl_gate_limits_class_init (FlGateLimitsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_gate_limits_finalize;
}

static void
fl_gate_limits_init (FlGateLimits *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    self->limits[table[i].kind][table[i].reach] = table[i].limit;
  self->offices = g_ptr_array_new_with_free_func (g_object_unref);
  self->office_factor = 20;
}

/**
 * fl_gate_limits_new:
 *
 * Returns: (transfer full): the limits that hold where nothing else is said
 */
FlGateLimits *
fl_gate_limits_new (void)
{
  return g_object_new (FL_TYPE_GATE_LIMITS, NULL);
}

/**
 * fl_gate_limits_get_keys:
 *
 * Returns: (transfer none) (array zero-terminated=1): what fl_gate_limits_set() knows
 */
const char * const *
fl_gate_limits_get_keys (void)
{
  static const char *keys[G_N_ELEMENTS (table) + 3];

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    keys[i] = table[i].key;
  keys[G_N_ELEMENTS (table)] = OFFICE_NETWORKS;
  keys[G_N_ELEMENTS (table) + 1] = OFFICE_FACTOR;
  return keys;
}

static gboolean
wants (const char  *what,
       GError     **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "wants %s", what);
  return FALSE;
}

static gboolean
read_limit (FlGateLimit  *limit,
            const char   *value,
            GError      **error)
{
  g_auto (GStrv) parts = g_strsplit (value, "/", 3);
  guint64 most;
  guint64 window;

  if (g_strv_length (parts) != 2
      || !g_ascii_string_to_unsigned (parts[0], 10, 1, LIMIT_MOST, &most, NULL)
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, WINDOW_MOST, &window, NULL))
    return wants ("how many, a stroke, and in how many seconds, as 10/900", error);
  limit->limit = (guint) most;
  limit->window = (guint) window;
  return TRUE;
}

static gboolean
read_offices (FlGateLimits  *self,
              const char    *value,
              GError       **error)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);

  g_ptr_array_set_size (self->offices, 0);
  for (char **word = words; *word != NULL; word++)
    {
      GInetAddressMask *mask = **word != '\0' ? g_inet_address_mask_new_from_string (*word, NULL) : NULL;

      if (mask != NULL)
        g_ptr_array_add (self->offices, mask);
      else if (**word != '\0')
        return wants ("networks, space between, as 198.51.100.0/24 2001:db8:1::/48", error);
    }
  return TRUE;
}

/**
 * fl_gate_limits_set:
 * @self: limits
 * @key: one of fl_gate_limits_get_keys()
 * @value: what the administrator has written
 * @error: return location for an error, which goes on where the key has been named
 *
 * Sets a limit, or says which networks are the organisation's own.
 *
 * Returns: whether @value was understood
 */
gboolean
fl_gate_limits_set (FlGateLimits  *self,
                    const char    *key,
                    const char    *value,
                    GError       **error)
{
  guint64 factor;

  g_return_val_if_fail (FL_IS_GATE_LIMITS (self), FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (table[i].key, key) == 0)
      return read_limit (&self->limits[table[i].kind][table[i].reach], value, error);
  if (strcmp (key, OFFICE_NETWORKS) == 0)
    return read_offices (self, value, error);
  if (strcmp (key, OFFICE_FACTOR) != 0)
    return wants ("to be known", error);
  if (!g_ascii_string_to_unsigned (value, 10, 1, 1000, &factor, NULL))
    return wants ("a number from 1 to 1000", error);
  self->office_factor = (guint) factor;
  return TRUE;
}

/**
 * fl_gate_limits_is_office:
 * @self: limits
 * @peer: where somebody comes from
 *
 * Returns: whether that is one of the organisation's own networks
 */
gboolean
fl_gate_limits_is_office (FlGateLimits *self,
                          GInetAddress *peer)
{
  g_return_val_if_fail (FL_IS_GATE_LIMITS (self), FALSE);

  for (guint i = 0; i < self->offices->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (self->offices, i), peer))
      return TRUE;
  return FALSE;
}

/**
 * fl_gate_limits_get:
 * @self: limits
 * @kind: what is tried
 * @reach: from whom
 * @peer: where they come from
 *
 * Returns: how often it may be
 */
FlGateLimit
fl_gate_limits_get (FlGateLimits *self,
                    FlGateKind    kind,
                    FlGateReach   reach,
                    GInetAddress *peer)
{
  FlGateLimit limit = self->limits[kind][reach];

  if (reach == FL_GATE_PER_NETWORK && fl_gate_limits_is_office (self, peer))
    limit.limit *= self->office_factor;
  return limit;
}
