/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-identity"

#include "config.h"

#include "fl-kratos-identity-private.h"

#include "fl-link.h"

/* What is kept in the keyring so that the next start goes on where this one stopped: the session and its settings flow,
 * or the mail that is on its way, or the flow by which a mail may have been asked for. What comes back is checked as if
 * a stranger had written it. How long the settings flow lasts is not kept: the server says so, and clocks may be set
 * meanwhile. */

/**
 * fl_kratos_identity_save:
 * @identity: an identity
 *
 * Returns: (transfer full) (nullable): a floating record of type `a{sv}`, %NULL when there is nothing to resume
 */
GVariant *
fl_kratos_identity_save (FlIdentity *identity)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (identity);
  FlKratosFlow *settings = fl_kratos_identity_get_flow (self, FL_KRATOS_FLOW_SETTINGS);
  FlKratosFlow *recovery = fl_kratos_identity_get_flow (self, FL_KRATOS_FLOW_RECOVERY);
  GVariantDict dict;

  if (self->token == NULL && self->mail.flow == NULL && recovery == NULL)
    return NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "server", "s", self->server);
  if (self->address != NULL)
    g_variant_dict_insert (&dict, "address", "s", self->address);

  if (self->token != NULL)
    {
      g_variant_dict_insert (&dict, "token", "s", fl_secret_get_text (self->token));
      if (settings != NULL)
        g_variant_dict_insert (&dict, "settings", "s", fl_secret_get_text (settings->id));

      return g_variant_dict_end (&dict);
    }

  if (recovery != NULL && (self->mail.flow == NULL || !fl_secret_equal (recovery->id, self->mail.flow)))
    g_variant_dict_insert (&dict, "recovery", "s", fl_secret_get_text (recovery->id));
  if (self->mail.flow != NULL)
    {
      g_variant_dict_insert (&dict, "mail", "s", fl_secret_get_text (self->mail.flow));
      g_variant_dict_insert (&dict, "mail-expires-at", "x", self->mail.expires_at);
      g_variant_dict_insert (&dict, "mail-is-tried", "b", self->mail.is_tried);
      if (self->mail.address != NULL)
        g_variant_dict_insert (&dict, "mail-address", "s", self->mail.address);
    }

  return g_variant_dict_end (&dict);
}

static void
restore_session (FlKratosIdentity *self,
                 GVariantDict     *dict,
                 const char       *token)
{
  g_autoptr (FlSecret) session = fl_secret_new (token);
  const char *settings;

  fl_kratos_identity_take_session (self, session, 0);
  if (g_variant_dict_lookup (dict, "settings", "&s", &settings) &&
      fl_link_is_uuid (settings))
    {
      g_autoptr (FlSecret) id = fl_secret_new (settings);

      fl_kratos_identity_set_flow (self, FL_KRATOS_FLOW_SETTINGS, fl_kratos_flow_new (id, G_MAXINT64));
    }
}

static gboolean
restore_recovery (FlKratosIdentity *self,
                  GVariantDict     *dict)
{
  g_autoptr (FlSecret) id = NULL;
  const char *recovery;

  if (!g_variant_dict_lookup (dict, "recovery", "&s", &recovery) || !fl_link_is_uuid (recovery))
    return FALSE;

  id = fl_secret_new (recovery);
  fl_kratos_identity_set_flow (self, FL_KRATOS_FLOW_RECOVERY, fl_kratos_flow_new (id, G_MAXINT64));

  return TRUE;
}

static gboolean
restore_mail (FlKratosIdentity *self,
              GVariantDict     *dict)
{
  g_autoptr (FlKratosFlow) flow = NULL;
  g_autoptr (FlSecret) id = NULL;
  const char *mail, *address = NULL;
  gint64 expires_at;
  gboolean is_tried = FALSE;

  if (!g_variant_dict_lookup (dict, "mail", "&s", &mail) ||
      !g_variant_dict_lookup (dict, "mail-expires-at", "x", &expires_at) ||
      !fl_link_is_uuid (mail))
    return FALSE;

  g_variant_dict_lookup (dict, "mail-address", "&s", &address);
  g_variant_dict_lookup (dict, "mail-is-tried", "b", &is_tried);
  id = fl_secret_new (mail);
  flow = fl_kratos_flow_new (id, expires_at);
  fl_kratos_identity_set_mail (self, flow, address);
  self->mail.is_tried = is_tried;
  self->mail.seen_at = 0;

  return TRUE;
}

/**
 * fl_kratos_identity_restore:
 * @self: an identity
 * @record: what fl_kratos_identity_save() gave
 *
 * Returns: %FALSE when the record is not of this server, or makes no sense; then nothing has changed
 */
gboolean
fl_kratos_identity_restore (FlKratosIdentity *self,
                            GVariant         *record)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *server, *token, *address;
  gboolean ok;

  if (!g_variant_is_of_type (record, G_VARIANT_TYPE_VARDICT))
    return FALSE;

  g_variant_dict_init (&dict, record);
  if (!g_variant_dict_lookup (&dict, "server", "&s", &server) ||
      !fl_link_same_origin (server, self->server))
    return FALSE;

  ok = g_variant_dict_lookup (&dict, "token", "&s", &token) && *token != '\0';
  if (ok)
    restore_session (self, &dict, token);
  else
    ok = restore_recovery (self, &dict) | restore_mail (self, &dict);

  if (ok && g_variant_dict_lookup (&dict, "address", "&s", &address))
    fl_kratos_identity_set_address (self, address);

  return ok;
}
