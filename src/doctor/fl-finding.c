/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-doctor"

#include "config.h"

#include "fl-finding.h"

#include "fl-problem.h"
#include "fl-scrub.h"

/**
 * FlFinding:
 *
 * What one check of the doctor has come to: a verdict, the cause as a word that does not change, and what was seen, as
 * names and values. It has no sentences: those are written where they are shown. What is about a person is taken out of
 * the values when they are added.
 */
struct _FlFinding
{
  GObject     parent_instance;

  FlCheck     check;
  FlVerdict   verdict;
  FlCause     cause;
  GError     *problem;
  GPtrArray  *facts;    /* names and values in turn, with a NULL at the end */
};

enum {
  PROP_VERDICT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (FlFinding, fl_finding, G_TYPE_OBJECT)

static void
fl_finding_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  FlFinding *self = FL_FINDING (object);

  switch (prop_id)
    {
    case PROP_VERDICT:
      g_value_set_uint (value, self->verdict);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fl_finding_finalize (GObject *object)
{
  FlFinding *self = FL_FINDING (object);

  g_clear_error (&self->problem);
  g_ptr_array_unref (self->facts);

  G_OBJECT_CLASS (fl_finding_parent_class)->finalize (object);
}

static void
fl_finding_class_init (FlFindingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fl_finding_get_property;
  object_class->finalize = fl_finding_finalize;

  /**
   * FlFinding:verdict:
   *
   * The verdict: %FL_VERDICT_NONE until the check has ended.
   */
  props[PROP_VERDICT] = g_param_spec_uint ("verdict", NULL, NULL, FL_VERDICT_NONE, FL_VERDICT_RED, FL_VERDICT_NONE,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
fl_finding_init (FlFinding *self)
{
  self->facts = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->facts, NULL);
}

/**
 * fl_finding_new:
 * @check: what is looked at
 *
 * Returns: (transfer full): a finding that has not come to anything yet
 */
FlFinding *
fl_finding_new (FlCheck check)
{
  FlFinding *self = g_object_new (FL_TYPE_FINDING, NULL);

  self->check = check;

  return self;
}

/**
 * fl_finding_get_check:
 * @self: a finding
 *
 * Returns: what is looked at
 */
FlCheck
fl_finding_get_check (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), 0);

  return self->check;
}

/**
 * fl_finding_get_verdict:
 * @self: a finding
 *
 * Returns: how bad it is
 */
FlVerdict
fl_finding_get_verdict (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), FL_VERDICT_NONE);

  return self->verdict;
}

/**
 * fl_finding_get_cause:
 * @self: a finding
 *
 * Returns: why; of no meaning while there is no verdict
 */
FlCause
fl_finding_get_cause (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), FL_CAUSE_OK);

  return self->cause;
}

/**
 * fl_finding_get_problem:
 * @self: a finding
 *
 * Returns: (transfer none) (nullable): the assistant's own problem, of the domain %FL_PROBLEM, with %FL_CAUSE_PROBLEM
 */
const GError *
fl_finding_get_problem (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), NULL);

  return self->problem;
}

/**
 * fl_finding_get_word:
 * @self: a finding
 *
 * Returns: (transfer none): the cause as a word that does not change, such as "ok" or "tls-expired"
 */
const char *
fl_finding_get_word (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), NULL);

  return self->problem != NULL ? fl_problem_get_name (self->problem->code) : fl_cause_get_name (self->cause);
}

/**
 * fl_finding_get_facts:
 * @self: a finding
 *
 * Returns: (transfer none) (array zero-terminated=1): what was seen: a name, its value, and so on
 */
const char * const *
fl_finding_get_facts (FlFinding *self)
{
  g_return_val_if_fail (FL_IS_FINDING (self), NULL);

  return (const char * const *) self->facts->pdata;
}

/**
 * fl_finding_get_fact:
 * @self: a finding
 * @name: the name of a fact
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
fl_finding_get_fact (FlFinding  *self,
                     const char *name)
{
  g_return_val_if_fail (FL_IS_FINDING (self), NULL);

  for (guint i = 0; i + 1 < self->facts->len; i += 2)
    if (g_str_equal (self->facts->pdata[i], name))
      return self->facts->pdata[i + 1];

  return NULL;
}

/**
 * fl_finding_add_fact:
 * @self: a finding that has not ended
 * @name: a word in lower case
 * @value: (nullable): what was seen; %NULL adds nothing
 *
 * Adds what was seen, without anything in it that is about a person.
 */
void
fl_finding_add_fact (FlFinding  *self,
                     const char *name,
                     const char *value)
{
  g_return_if_fail (FL_IS_FINDING (self));
  g_return_if_fail (name != NULL);

  if (value == NULL)
    return;

  g_ptr_array_insert (self->facts, (int) self->facts->len - 1, g_strdup (name));
  g_ptr_array_insert (self->facts, (int) self->facts->len - 1, fl_scrub (value));
}

static const FlFindingKind *
find_kind (FlCheck check,
           FlCause cause,
           int     problem)
{
  gsize n_kinds;
  const FlFindingKind *kinds = fl_finding_get_kinds (&n_kinds);

  for (gsize i = 0; i < n_kinds; i++)
    if (kinds[i].check == check && kinds[i].cause == cause && kinds[i].problem == problem)
      return &kinds[i];

  return NULL;
}

static void
end (FlFinding           *self,
     const FlFindingKind *kind)
{
  g_return_if_fail (kind != NULL);

  self->cause = kind->cause;
  self->verdict = kind->verdict;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VERDICT]);
}

/**
 * fl_finding_end:
 * @self: a finding that has not ended
 * @cause: why, of those that the check has; not %FL_CAUSE_PROBLEM
 *
 * Ends the check. The verdict follows from the cause.
 */
void
fl_finding_end (FlFinding *self,
                FlCause    cause)
{
  g_return_if_fail (FL_IS_FINDING (self));
  g_return_if_fail (self->verdict == FL_VERDICT_NONE);

  end (self, find_kind (self->check, cause, -1));
}

/**
 * fl_finding_end_problem:
 * @self: a finding that has not ended
 * @problem: of the domain %FL_PROBLEM; one that the check does not have counts as %FL_PROBLEM_PROTOCOL, which it then has
 *
 * Ends the check with one of the assistant's own problems.
 */
void
fl_finding_end_problem (FlFinding    *self,
                        const GError *problem)
{
  const FlFindingKind *kind;

  g_return_if_fail (FL_IS_FINDING (self));
  g_return_if_fail (self->verdict == FL_VERDICT_NONE);
  g_return_if_fail (problem != NULL && problem->domain == FL_PROBLEM);

  kind = find_kind (self->check, FL_CAUSE_PROBLEM, problem->code);
  self->problem = kind != NULL ? g_error_copy (problem) : fl_problem_new (FL_PROBLEM_PROTOCOL, problem->message);
  end (self, kind != NULL ? kind : find_kind (self->check, FL_CAUSE_PROBLEM, FL_PROBLEM_PROTOCOL));
}
