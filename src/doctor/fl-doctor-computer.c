/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-doctor-private.h"

#include <libsoup/soup.h>

#include "fl-keyring.h"
#include "fl-link.h"
#include "fl-opener.h"

/* Looks at this computer: the policy, the keyring, who opens which links, and the versions of what there is. Where there is
 * no session of a desktop, a login over the network or a script, some of it cannot be seen. */

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define SECRET_PORTAL "org.freedesktop.portal.Secret"
#define SANDBOX "/.flatpak-info"

typedef struct {
  FlPatience *patience;
  guint       pending;
} Look;

static void
look_free (gpointer data)
{
  Look *self = data;

  fl_patience_free (self->patience);
  g_free (self);
}

static void
go_on_when_done (GTask *task)
{
  Look *self = g_task_get_task_data (task);

  if (--self->pending == 0)
    g_task_return_boolean (task, TRUE);
}

static FlFinding *
get (GTask   *task,
     FlCheck  check)
{
  return fl_doctor_get_finding (g_task_get_source_object (task), check);
}

static GCancellable *
get_cancellable (GTask *task)
{
  Look *self = g_task_get_task_data (task);

  return fl_patience_get_cancellable (self->patience);
}

/* Where it is and what kind it is, not what stands there: that may be anything. */
static char *
describe_mistake (const FlPolicyMistake *mistake)
{
  g_autoptr (GString) text = g_string_new (mistake->origin);

  if (mistake->line > 0)
    g_string_append_printf (text, ":%u", mistake->line);
  if (mistake->key != NULL)
    g_string_append_printf (text, " %s.%s", mistake->group != NULL ? mistake->group : "", mistake->key);
  g_string_append_printf (text, ": %s", fl_policy_mistake_get_name (mistake));

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
add_mistakes (FlFinding *finding,
              GPtrArray *mistakes)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;
  g_autofree char *joined = NULL;
  gboolean is_unusable = FALSE;

  for (guint i = 0; i < mistakes->len; i++)
    {
      g_autofree char *text = describe_mistake (mistakes->pdata[i]);

      is_unusable |= fl_policy_mistake_costs_file (mistakes->pdata[i]);
      g_strv_builder_add (builder, text);
    }
  texts = g_strv_builder_end (builder);
  joined = g_strjoinv ("; ", texts);
  fl_finding_add_fact (finding, "mistakes", joined[0] != '\0' ? joined : NULL);

  return is_unusable;
}

/**
 * fl_doctor_look_at_policy:
 * @self: a doctor
 * @policy: what IT has laid down
 *
 * Ends the check of the policy.
 */
void
fl_doctor_look_at_policy (FlDoctor *self,
                          FlPolicy *policy)
{
  FlFinding *finding = fl_doctor_get_finding (self, FL_CHECK_POLICY);
  const char * const *origins = fl_policy_get_origins (policy);
  gboolean has_file = origins != NULL && origins[0] != NULL;
  g_autofree char *files = has_file ? g_strjoinv (", ", (char **) origins) : NULL;
  GPtrArray *mistakes = fl_policy_get_mistakes (policy);

  fl_finding_add_fact (finding, "files", files);
  if (add_mistakes (finding, mistakes))
    fl_finding_end (finding, FL_CAUSE_POLICY_UNUSABLE);
  /* first, since it may be the reason that there is no server */
  else if (mistakes->len > 0)
    fl_finding_end (finding, FL_CAUSE_POLICY_MISTAKE);
  else if (fl_doctor_get_server (self) == NULL)
    fl_finding_end (finding, FL_CAUSE_NO_SERVER);
  else
    fl_finding_end (finding, has_file ? FL_CAUSE_OK : FL_CAUSE_NO_POLICY);
}

static void
end_keyring (GTask   *task,
             FlCause  cause)
{
  fl_finding_end (get (task, FL_CHECK_KEYRING), cause);
  go_on_when_done (task);
}

static void
on_keyring_seen (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  switch (fl_keyring_look_finish (result))
    {
    case FL_VAULT_KEPT:
      end_keyring (task, FL_CAUSE_OK);
      break;
    case FL_VAULT_LOCKED:
      end_keyring (task, FL_CAUSE_KEYRING_LOCKED);
      break;
    case FL_VAULT_MEMORY:
      end_keyring (task, FL_CAUSE_KEYRING_NONE);
      break;
    case FL_VAULT_SILENT:
    case FL_VAULT_UNKNOWN:
    case FL_VAULT_NEVER:
    default:
      end_keyring (task, FL_CAUSE_KEYRING_SILENT);
    }
}

static void
on_secret_portal_seen (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  /* An administrator may have let the sandbox at the service itself. */
  if (reply == NULL)
    fl_keyring_look_async (get_cancellable (task), on_keyring_seen, g_steal_pointer (&task));
  else
    end_keyring (task, FL_CAUSE_KEYRING_PORTAL);
}

static void
on_bus_ready (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GDBusConnection) bus = g_bus_get_finish (result, NULL);
  GCancellable *cancellable = get_cancellable (task);

  if (bus == NULL)
    end_keyring (task, FL_CAUSE_NO_BUS);
  else if (g_file_test (SANDBOX, G_FILE_TEST_EXISTS))
    g_dbus_connection_call (bus, PORTAL, PORTAL_PATH, "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new ("(ss)", SECRET_PORTAL, "version"), G_VARIANT_TYPE ("(v)"),
                            G_DBUS_CALL_FLAGS_NONE, -1, cancellable, on_secret_portal_seen, g_steal_pointer (&task));
  else
    fl_keyring_look_async (cancellable, on_keyring_seen, g_steal_pointer (&task));
}

static void
end_handler (GTask   *task,
             FlCheck  check,
             FlCause  cause)
{
  fl_finding_end (get (task, check), cause);
  go_on_when_done (task);
}

static FlCause
judge_handler (FlFinding       *finding,
               const FlHandler *handler,
               gboolean         has_to_be_ours)
{
  if (handler == NULL)
    return FL_CAUSE_HANDLER_UNSEEN;

  fl_finding_add_fact (finding, "handler", handler->id);
  switch (handler->kind)
    {
    case FL_HANDLER_NONE:
      return FL_CAUSE_HANDLER_NONE;
    case FL_HANDLER_UNSEEN:
      return FL_CAUSE_HANDLER_UNSEEN;
    case FL_HANDLER_THERE:
    default:
      return has_to_be_ours && handler->id != NULL && !g_str_equal (handler->id, APP_ID ".desktop")
             ? FL_CAUSE_HANDLER_FOREIGN : FL_CAUSE_OK;
    }
}

static void
on_deep_link_seen (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FlHandler) handler = fl_opener_look_finish (result, NULL);

  end_handler (task, FL_CHECK_DEEP_LINK, judge_handler (get (task, FL_CHECK_DEEP_LINK), handler, TRUE));
}

static void
on_otpauth_seen (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (FlHandler) handler = fl_opener_look_finish (result, NULL);

  end_handler (task, FL_CHECK_OTPAUTH, judge_handler (get (task, FL_CHECK_OTPAUTH), handler, FALSE));
}

static void
add_version (FlFinding  *finding,
             const char *name,
             guint       major,
             guint       minor,
             guint       micro)
{
  g_autofree char *text = g_strdup_printf ("%u.%u.%u", major, minor, micro);

  fl_finding_add_fact (finding, name, text);
}

/* What Flatpak says of the sandbox that this program is in. */
static void
add_sandbox (FlFinding *finding,
             GKeyFile  *sandbox)
{
  const struct { const char *group, *key, *fact; } entries[] = {
    { "Application", "runtime", "runtime" },
    { "Instance", "branch", "branch" },
    { "Instance", "flatpak-version", "flatpak" },
  };

  fl_finding_add_fact (finding, "sandbox", sandbox != NULL ? "flatpak" : "none");
  for (gsize i = 0; sandbox != NULL && i < G_N_ELEMENTS (entries); i++)
    {
      g_autofree char *value = g_key_file_get_string (sandbox, entries[i].group, entries[i].key, NULL);

      fl_finding_add_fact (finding, entries[i].fact, value);
    }
}

/* What is on this computer is read from files, and modules are loaded for TLS. */
typedef struct {
  char     *system;
  char     *tls;
  GKeyFile *sandbox;  /* (nullable) */
} Versions;

static void
versions_free (gpointer data)
{
  Versions *self = data;

  g_free (self->system);
  g_free (self->tls);
  g_clear_pointer (&self->sandbox, g_key_file_unref);
  g_free (self);
}

static void
read_versions (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  Versions *versions = g_new0 (Versions, 1);
  g_autoptr (GKeyFile) sandbox = g_key_file_new ();

  versions->system = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  versions->tls = g_strdup (G_OBJECT_TYPE_NAME (g_tls_backend_get_default ()));
  if (g_key_file_load_from_file (sandbox, SANDBOX, G_KEY_FILE_NONE, NULL))
    versions->sandbox = g_steal_pointer (&sandbox);
  g_task_return_pointer (task, versions, versions_free);
}

static void
on_versions_read (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Versions *versions = g_task_propagate_pointer (G_TASK (result), NULL);
  FlFinding *finding = get (task, FL_CHECK_VERSIONS);

  fl_finding_add_fact (finding, "first-login", APP_VERSION);
  add_version (finding, "glib", glib_major_version, glib_minor_version, glib_micro_version);
  add_version (finding, "libsoup", soup_get_major_version (), soup_get_minor_version (), soup_get_micro_version ());
  if (versions != NULL)
    {
      fl_finding_add_fact (finding, "tls-backend", versions->tls);
      fl_finding_add_fact (finding, "system", versions->system);
      add_sandbox (finding, versions->sandbox);
      versions_free (versions);
    }
  fl_finding_end (finding, FL_CAUSE_OK);
  go_on_when_done (task);
}

static void
look_at_versions (GTask *task)
{
  g_autoptr (GTask) work = g_task_new (NULL, get_cancellable (task), on_versions_read, g_object_ref (task));

  g_task_set_source_tag (work, look_at_versions);
  g_task_set_return_on_cancel (work, TRUE);
  g_task_run_in_thread (work, read_versions);
}

/* Only the caller knows: without a word from it there was nothing to draw on. */
static void
look_at_rendering (GTask *task)
{
  FlFinding *finding = get (task, FL_CHECK_RENDERING);

  fl_finding_end (finding, fl_finding_get_facts (finding)[0] != NULL ? FL_CAUSE_OK : FL_CAUSE_NO_DISPLAY);
}

/**
 * fl_doctor_look_at_computer:
 * @self: a doctor
 * @cancellable: (nullable): to give up
 * @callback: called when every check of this computer has ended
 * @user_data: for @callback
 *
 * Looks at this computer. The keyring asks nobody for its password.
 */
void
fl_doctor_look_at_computer (FlDoctor            *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Look *look = g_new0 (Look, 1);

  g_task_set_source_tag (task, fl_doctor_look_at_computer);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, look, look_free);
  look->patience = fl_patience_new (fl_doctor_get_patience (self), cancellable);
  look->pending = 4;

  look_at_rendering (task);
  look_at_versions (task);
  g_bus_get (G_BUS_TYPE_SESSION, get_cancellable (task), on_bus_ready, g_object_ref (task));
  fl_opener_look_async (FL_LINK_SCHEME, get_cancellable (task), on_deep_link_seen, g_object_ref (task));
  fl_opener_look_async ("otpauth", get_cancellable (task), on_otpauth_seen, g_object_ref (task));
}
