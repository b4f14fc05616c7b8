/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-fuzz"

#include "config.h"

#include "fl-fuzz.h"

#include "fl-kratos-identity-private.h"
#include "fl-problem.h"
#include "fl-teller.h"

#include <gio/gio.h>
#include <string.h>

/*
 * A verb of the identity against a server that answers anything: status, headers and body as they stand in the input,
 * whatever was asked. It ends in an answer that is whole in itself, or in a problem that a page has a sentence for.
 *
 * The first byte of an input chooses the verb; a line "%%" parts the answers, each for one connection. Who asks for
 * more than there are is hung up on.
 */

#define CONNECTIONS_MOST 24
#define SEPARATOR "\n%%\n"
#define FLOW "00000000-0000-4000-8000-000000000001"

static const struct {
  FlTell      verb;
  const char *state;  /* what the identity remembers */
  const char *a;
  const char *b;
} verbs[] = {
  { FL_TELL_PREPARE_SIGN_IN, NULL, NULL, NULL },
  { FL_TELL_PREPARE_RECOVERY, NULL, NULL, NULL },
  { FL_TELL_IDENTIFY, NULL, "erik@flexhrm.example", NULL },
  { FL_TELL_SIGN_IN, NULL, "erik@flexhrm.example", "correct horse battery" },
  { FL_TELL_ROBOT, NULL, NULL, NULL },
  { FL_TELL_START_RECOVERY, NULL, "anna@flexhrm.example", "sv" },
  { FL_TELL_SEND_AGAIN, "mail", "anna@flexhrm.example", "sv" },
  { FL_TELL_LOOK_AGAIN, "mail", NULL, NULL },
  { FL_TELL_REDEEM, "mail", FLOW, "123456" },
  { FL_TELL_REDEEM, NULL, FLOW, "123456" },
  { FL_TELL_TOTP, "session", "123456", NULL },
  { FL_TELL_RECOVERY_CODE, "session", "aaaa1111", NULL },
  { FL_TELL_REAUTHENTICATE, "session", "correct horse battery", NULL },
  { FL_TELL_SET_PASSWORD, "session", "correct horse battery", NULL },
  { FL_TELL_START_TOTP, "session", NULL, NULL },
  { FL_TELL_CONFIRM_TOTP, "session", "123456", NULL },
  { FL_TELL_ISSUE_CODES, "session", NULL, NULL },
  { FL_TELL_CONFIRM_CODES, "session", NULL, NULL },
  { FL_TELL_SIGN_OUT, "session", NULL, NULL },
};

static GSocketService *server;
static char *url;
static char **answers;
static guint asked;
static GPtrArray *connections;

/* Sends the next answer at once and hangs up; what the client still has to say is left in the kernel until the end, as
 * closing on it would take the answer back. */
static gboolean
on_asked (GSocketService    *service,
          GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);

  asked++;
  g_assert_cmpuint (asked, <=, CONNECTIONS_MOST);
  g_ptr_array_add (connections, g_object_ref (connection));
  if (*answers != NULL)
    {
      g_socket_set_blocking (socket, FALSE);
      g_socket_send (socket, *answers, strlen (*answers), NULL, NULL);
      answers++;
    }
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  return TRUE;
}

static void
start_server (void)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  server = g_socket_service_new ();
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (server), NULL, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("http://127.0.0.1:%u", port);
  connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (server, "incoming", G_CALLBACK (on_asked), NULL);
}

static void
remember (FlIdentity *identity,
          const char *state)
{
  GVariantDict dict;
  g_autoptr (GVariant) record = NULL;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "server", "s", url);
  g_variant_dict_insert (&dict, "address", "s", "erik@flexhrm.example");
  if (g_str_equal (state, "session"))
    {
      g_variant_dict_insert (&dict, "token", "s", "ory_st_token");
      g_variant_dict_insert (&dict, "settings", "s", FLOW);
      g_variant_dict_insert (&dict, "settings-expires-at", "x", (gint64) 4102444800);
    }
  else
    {
      g_variant_dict_insert (&dict, "mail", "s", FLOW);
      g_variant_dict_insert (&dict, "mail-expires-at", "x", (gint64) 4102444800);
    }

  record = g_variant_ref_sink (g_variant_dict_end (&dict));
  g_assert_true (fl_kratos_identity_restore (FL_KRATOS_IDENTITY (identity), record));
}

static void
check_end (FlIdentity     *identity,
           const FlAnswer *answer,
           const GError   *error)
{
  g_autoptr (GVariant) record = fl_identity_save (identity);

  if (record != NULL)
    g_variant_ref_sink (record);
  if (answer == NULL)
    {
      g_assert_true (error->domain == FL_PROBLEM);
      g_assert_cmpstr (fl_problem_get_name (error->code), !=, "unknown");
      g_assert_cmpint (fl_problem_get_limit (error), >=, 0);
      g_assert_cmpint (fl_problem_get_until (error), >=, 0);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (answer->outcome >= FL_OUTCOME_DONE && answer->outcome <= FL_OUTCOME_MAIL_FIRST);
  g_assert_true (answer->level >= 0 && answer->level <= 2);
  g_assert_true (answer->level == 0
                 || (record != NULL && g_variant_lookup (record, "token", "&s", &(const char *) { NULL })));
}

/* What has been begun ahead is answered too. */
static void
wait_for_background (FlKratosIdentity *identity)
{
  for (FlKratosFlowKind kind = 0; kind < FL_KRATOS_N_FLOWS; kind++)
    while (identity->places[kind].cancellable != NULL)
      g_main_context_iteration (NULL, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (FlIdentity) identity = NULL;
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  guint verb;

  if (size == 0)
    return -1;
  if (server == NULL)
    start_server ();

  verb = (data[0] - 'a') % G_N_ELEMENTS (verbs);
  text = g_strndup ((const char *) data + 1, size - 1);
  parts = g_strsplit (text, SEPARATOR, CONNECTIONS_MOST);
  answers = parts;
  asked = 0;

  identity = fl_kratos_identity_new (url, "Example", NULL);
  if (verbs[verb].state != NULL)
    remember (identity, verbs[verb].state);
  answer = fl_teller_run (identity, verbs[verb].verb, verbs[verb].a, verbs[verb].b, &error);
  check_end (identity, answer, error);
  wait_for_background (FL_KRATOS_IDENTITY (identity));

  g_clear_object (&identity);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_ptr_array_set_size (connections, 0);
  return 0;
}
