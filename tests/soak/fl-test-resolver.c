/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-test-resolver.h"

/**
 * FlTestResolver:
 *
 * A DNS that says of every name what it is told to.
 */
struct _FlTestResolver
{
  GResolver  parent_instance;
  char      *answer;
};

G_DEFINE_FINAL_TYPE (FlTestResolver, fl_test_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static void
fl_test_resolver_lookup_async (GResolver                *resolver,
                               const char               *name,
                               GResolverNameLookupFlags  flags,
                               GCancellable             *cancellable,
                               GAsyncReadyCallback       callback,
                               gpointer                  user_data)
{
  FlTestResolver *self = FL_TEST_RESOLVER (resolver);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_auto (GStrv) words = g_strsplit (self->answer, ",", -1);
  GList *addresses = NULL;

  g_task_set_source_tag (task, fl_test_resolver_lookup_async);
  if (g_str_equal (self->answer, "down"))
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "nobody answers");
      return;
    }

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (words[i]);
      gboolean is_6 = address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

      if (address != NULL
          && (flags & (is_6 ? G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY : G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)) == 0)
        addresses = g_list_append (addresses, g_steal_pointer (&address));
    }

  if (addresses != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no such name");
}

static GList *
fl_test_resolver_lookup_finish (GResolver     *resolver,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fl_test_resolver_finalize (GObject *object)
{
  g_free (FL_TEST_RESOLVER (object)->answer);
  G_OBJECT_CLASS (fl_test_resolver_parent_class)->finalize (object);
}

static void
fl_test_resolver_class_init (FlTestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fl_test_resolver_finalize;
  resolver_class->lookup_by_name_with_flags_async = fl_test_resolver_lookup_async;
  resolver_class->lookup_by_name_with_flags_finish = fl_test_resolver_lookup_finish;
}

static void
fl_test_resolver_init (FlTestResolver *self)
{
  self->answer = g_strdup ("127.0.0.1");
}

/**
 * fl_test_resolver_new:
 *
 * Returns: (transfer full): a resolver for which every name is this computer
 */
FlTestResolver *
fl_test_resolver_new (void)
{
  return g_object_new (FL_TYPE_TEST_RESOLVER, NULL);
}

/**
 * fl_test_resolver_set_answer:
 * @self: a resolver
 * @answer: addresses with commas between them, `unknown` for no such name, `down` for no answer
 */
void
fl_test_resolver_set_answer (FlTestResolver *self,
                             const char     *answer)
{
  g_free (self->answer);
  self->answer = g_strdup (answer);
}
