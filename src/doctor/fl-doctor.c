/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-doctor-private.h"

/**
 * FlDoctor:
 *
 * Looks at everything that the guide needs on this computer and on the way to the server, and says of each what there is:
 * the answer to "why does it not work on this PC?".
 *
 * Nobody is asked but the server and what lies on the way to it, nothing is sent about anybody, and nothing is left behind.
 * Of everything that fails because something before it has failed, only the first is red: the cause. What depends on it
 * cannot be seen, and says so.
 */
struct _FlDoctor
{
  GObject         parent_instance;

  FlPolicy       *policy;
  char           *server;           /* (nullable) */
  GProxyResolver *proxy_resolver;   /* (nullable) */
  guint           patience;
  FlFinding      *findings[FL_N_CHECKS];
  gboolean        has_begun;
};

#define PATIENCE 5  /* seconds that one check may take */

enum {
  PROP_POLICY = 1,
  PROP_SERVER,
  PROP_PROXY_RESOLVER,
  PROP_PATIENCE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* An examination under way. */
typedef struct {
  FlSights sights;
  guint    pending;
} Examination;

static void fl_doctor_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FlDoctor, fl_doctor, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, fl_doctor_list_model_init))

static GType
fl_doctor_get_item_type (GListModel *list)
{
  return FL_TYPE_FINDING;
}

static guint
fl_doctor_get_n_items (GListModel *list)
{
  return FL_N_CHECKS;
}

static gpointer
fl_doctor_get_item (GListModel *list,
                    guint       position)
{
  return position < FL_N_CHECKS ? g_object_ref (FL_DOCTOR (list)->findings[position]) : NULL;
}

static void
fl_doctor_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = fl_doctor_get_item_type;
  iface->get_n_items = fl_doctor_get_n_items;
  iface->get_item = fl_doctor_get_item;
}

static void
fl_doctor_set_property (GObject      *object,
                        guint         prop_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  FlDoctor *self = FL_DOCTOR (object);

  switch (prop_id)
    {
    case PROP_POLICY:
      self->policy = g_value_dup_object (value);
      break;
    case PROP_SERVER:
      self->server = g_value_dup_string (value);
      break;
    case PROP_PROXY_RESOLVER:
      self->proxy_resolver = g_value_dup_object (value);
      break;
    case PROP_PATIENCE:
      self->patience = g_value_get_uint (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_doctor_finalize (GObject *object)
{
  FlDoctor *self = FL_DOCTOR (object);

  g_clear_object (&self->policy);
  g_clear_object (&self->proxy_resolver);
  g_clear_pointer (&self->server, g_free);
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    g_clear_object (&self->findings[check]);

  G_OBJECT_CLASS (fl_doctor_parent_class)->finalize (object);
}

static void
fl_doctor_class_init (FlDoctorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = fl_doctor_set_property;
  object_class->finalize = fl_doctor_finalize;

  /**
   * FlDoctor:policy:
   *
   * What IT has laid down.
   */
  props[PROP_POLICY] = g_param_spec_object ("policy", NULL, NULL, FL_TYPE_POLICY, flags);

  /**
   * FlDoctor:server:
   *
   * The canonical address of the server to look at; %NULL where nobody has named one.
   */
  props[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);

  /**
   * FlDoctor:proxy-resolver:
   *
   * Who tells which proxies to use, instead of the system.
   */
  props[PROP_PROXY_RESOLVER] = g_param_spec_object ("proxy-resolver", NULL, NULL, G_TYPE_PROXY_RESOLVER, flags);

  /**
   * FlDoctor:patience:
   *
   * Seconds that one check may take.
   */
  props[PROP_PATIENCE] = g_param_spec_uint ("patience", NULL, NULL, 1, 60, PATIENCE, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
fl_doctor_init (FlDoctor *self)
{
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    self->findings[check] = fl_finding_new (check);
}

/**
 * fl_doctor_new:
 * @policy: what IT has laid down
 * @server: (nullable): the canonical address of the server to look at, wherever it comes from; %NULL where nobody has
 *   named one
 *
 * Returns: (transfer full): a doctor
 */
FlDoctor *
fl_doctor_new (FlPolicy   *policy,
               const char *server)
{
  g_return_val_if_fail (FL_IS_POLICY (policy), NULL);

  return g_object_new (FL_TYPE_DOCTOR, "policy", policy, "server", server, NULL);
}

/**
 * fl_doctor_add_fact:
 * @self: a doctor that has not examined yet
 * @check: %FL_CHECK_RENDERING or %FL_CHECK_VERSIONS
 * @name: a word in lower case
 * @value: (nullable): what is known; %NULL adds nothing
 *
 * Tells what only the caller knows: the toolkit, and what it draws with.
 */
void
fl_doctor_add_fact (FlDoctor   *self,
                    FlCheck     check,
                    const char *name,
                    const char *value)
{
  g_return_if_fail (FL_IS_DOCTOR (self) && !self->has_begun);

  fl_finding_add_fact (self->findings[check], name, value);
}

static void
return_when_done (GTask *task)
{
  Examination *examination = g_task_get_task_data (task);

  if (--examination->pending > 0)
    return;
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
on_computer_seen (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  return_when_done (task);
}

static void
on_server_seen (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Examination *examination = g_task_get_task_data (task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    fl_doctor_judge_server (FL_DOCTOR (source), &examination->sights);
  return_when_done (task);
}

static void
examination_free (gpointer data)
{
  Examination *self = data;

  fl_sights_clear (&self->sights);
  g_free (self);
}

/**
 * fl_doctor_examine_async:
 * @self: a doctor that has not examined yet
 * @cancellable: (nullable): to give up
 * @callback: called when every check has ended
 * @user_data: for @callback
 *
 * Examines. Findings end one after the other; all of them have ended after twenty seconds at most.
 */
void
fl_doctor_examine_async (FlDoctor            *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Examination *examination = g_new0 (Examination, 1);

  g_return_if_fail (FL_IS_DOCTOR (self) && !self->has_begun);

  self->has_begun = TRUE;
  g_task_set_source_tag (task, fl_doctor_examine_async);
  g_task_set_task_data (task, examination, examination_free);

  fl_doctor_look_at_policy (self, self->policy);
  examination->pending = 1;
  if (self->server != NULL)
    {
      examination->pending++;
      fl_doctor_look_at_server (self, &examination->sights, cancellable, on_server_seen, g_object_ref (task));
    }
  else
    {
      fl_doctor_judge_without_server (self);
    }
  fl_doctor_look_at_computer (self, cancellable, on_computer_seen, g_object_ref (task));
}

/**
 * fl_doctor_examine_finish:
 * @self: a doctor
 * @result: what the callback was given
 * @error: return location for %G_IO_ERROR_CANCELLED, the only error
 *
 * Returns: whether every check has ended
 */
gboolean
fl_doctor_examine_finish (FlDoctor      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * fl_doctor_get_finding:
 * @self: a doctor
 * @check: a check
 *
 * Returns: (transfer none): what it has come to
 */
FlFinding *
fl_doctor_get_finding (FlDoctor *self,
                       FlCheck   check)
{
  g_return_val_if_fail (FL_IS_DOCTOR (self) && (gsize) check < FL_N_CHECKS, NULL);

  return self->findings[check];
}

/**
 * fl_doctor_get_verdict:
 * @self: a doctor
 *
 * Returns: the worst verdict of those that there are
 */
FlVerdict
fl_doctor_get_verdict (FlDoctor *self)
{
  FlVerdict worst = FL_VERDICT_NONE;

  g_return_val_if_fail (FL_IS_DOCTOR (self), FL_VERDICT_NONE);

  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    worst = MAX (worst, fl_finding_get_verdict (self->findings[check]));

  return worst;
}

/**
 * fl_doctor_get_server:
 * @self: a doctor
 *
 * Returns: (transfer none) (nullable): the server that is looked at
 */
const char *
fl_doctor_get_server (FlDoctor *self)
{
  g_return_val_if_fail (FL_IS_DOCTOR (self), NULL);

  return self->server;
}

/**
 * fl_doctor_get_policy:
 * @self: a doctor
 *
 * Returns: (transfer none): what IT has laid down
 */
FlPolicy *
fl_doctor_get_policy (FlDoctor *self)
{
  g_return_val_if_fail (FL_IS_DOCTOR (self), NULL);

  return self->policy;
}

/**
 * fl_doctor_get_proxy_resolver:
 * @self: a doctor
 *
 * Returns: (transfer none): who tells which proxies to use
 */
GProxyResolver *
fl_doctor_get_proxy_resolver (FlDoctor *self)
{
  return self->proxy_resolver != NULL ? self->proxy_resolver : g_proxy_resolver_get_default ();
}

/**
 * fl_doctor_get_patience:
 * @self: a doctor
 *
 * Returns: seconds that one check may take
 */
guint
fl_doctor_get_patience (FlDoctor *self)
{
  return self->patience;
}
