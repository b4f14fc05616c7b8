/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include <locale.h>

#include "fl-kratos-identity-private.h"
#include "fl-player.h"
#include "fl-problem.h"
#include "fl-teller.h"

/* Recorded answers, bent in every place: each member left out, and of every other type, each body cut short, hollowed
 * out or replaced. A verb then ends in a named problem, or in an answer that claims nothing that the recorded one did
 * not claim; and where a member carries the whole claim, in a problem. */

#define ANNA  "anna@flexhrm.example"
#define ID(n) "00000000-0000-4000-8000-0000000000" #n

typedef struct {
  const char *name;
  const char *setup;       /* who has done what before: letters, see prepare_scene() */
  FlTell      verb;
  const char *a;
  const char *b;
  const char *before;      /* answers that are not bent, and come before the one that is */
  const char *bent;
  const char *after;
  const char *load[12];    /* members without which there must be no success; with “=”: nor with another value */
} Scene;

static const Scene scenes[] = {
  { "begin-login", "", FL_TELL_PREPARE_SIGN_IN, NULL, NULL, "", "login-password:0", "",
    { "id", "type", "type=", "state", "state=", "expires_at", "ui", "ui.nodes" } },
  { "begin-recovery", "", FL_TELL_PREPARE_RECOVERY, NULL, NULL, "", "newcomer:0", "",
    { "id", "type", "type=", "state", "state=", "expires_at", "ui", "ui.nodes" } },
  { "identify", "", FL_TELL_IDENTIFY, "erik@flexhrm.example", NULL, "login-password:0", "login-password:1", "",
    { "id", "id=", "type", "type=", "ui", "ui.nodes" } },
  { "sign-in", "", FL_TELL_SIGN_IN, "erik@flexhrm.example", "correct horse battery", "privileged:0", "privileged:1",
    "", { "session_token", "session", "session.active", "session.active=",
                      "session.authenticator_assurance_level", "session.authenticator_assurance_level=" } },
  { "start-totp", "e", FL_TELL_START_TOTP, NULL, NULL, "", "privileged:2", "",
    { "id", "ui", "identity", "identity.traits", "identity.traits.email" } },
  { "ask-for-mail", "", FL_TELL_START_RECOVERY, ANNA, NULL, "newcomer:0", "newcomer:1", "", { "id", "id=", "state", "state=", "ui", "type" } },
  { "look-again", "m", FL_TELL_LOOK_AGAIN, NULL, NULL, "", "newcomer:4", "", { "id", "id=", "state", "state=", "expires_at" } },
  { "redeem", "m", FL_TELL_REDEEM, ID (01), "100001", "", "newcomer:5", "newcomer:8",
    { "id", "id=", "state", "state=", "continue_with" } },
  { "redeem-settings", "m", FL_TELL_REDEEM, ID (01), "100001", "newcomer:5", "newcomer:8", "",
    { "id", "id=", "identity", "identity.traits", "identity.traits.email" } },
  { "set-password", "mr", FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL, "", "newcomer:13", "",
    { "id", "id=", "state", "state=", "ui", "ui.messages", "ui.messages[0].id=", "identity" } },
  { "confirm-totp", "mrp", FL_TELL_CONFIRM_TOTP, "123456", NULL, "", "newcomer:19", "",
    { "id", "id=", "state", "state=", "ui.messages", "ui.messages[0].id=", "ui.nodes" } },
  { "issue-codes", "mrpt", FL_TELL_ISSUE_CODES, NULL, NULL, "", "newcomer:21", "", { "id", "id=", "ui.nodes" } },
  { "confirm-codes", "mrptc", FL_TELL_CONFIRM_CODES, NULL, NULL, "", "newcomer:23", "",
    { "id", "id=", "state", "state=", "ui.messages", "ui.messages[0].id=", "ui.nodes" } },
  { "second-factor", "s", FL_TELL_TOTP, "123456", NULL, "", "newcomer:39", "",
    { "session", "session.active", "session.active=", "session.identity", "session.authenticator_assurance_level",
      "session.authenticator_assurance_level=" } },
  { "refresh", "sf", FL_TELL_REAUTHENTICATE, "korrekt häst batteri", NULL, "newcomer:43", "newcomer:45", "",
    { "session", "session.active", "session.active=" } },
  { "wrong-password", "", FL_TELL_SIGN_IN, ANNA, "correct horse battery", "login-refused:0", "~login-refused:2", "", { NULL } },
  { "wrong-code", "m", FL_TELL_REDEEM, ID (01), "000001", "", "newcomer:3", "", { NULL } },
  { "too-often", "m", FL_TELL_REDEEM, ID (01), "000001", "", "code-too-often:8", "newcomer:4", { NULL } },
  { "refresh-wanted", "mrp", FL_TELL_CONFIRM_TOTP, "123456", NULL, "", "~privileged:4", "newcomer:43", { NULL } },
};

static void
tell (FlIdentity *identity,
      FlPlayer   *player,
      const char *feed,
      FlTell      verb,
      const char *a,
      const char *b)
{
  fl_player_feed (player, feed);
  g_free (fl_teller_tell (identity, verb, a, b));
  while (!fl_player_is_fed (player))
    g_main_context_iteration (NULL, TRUE);
}

/* Brings an identity to where the scene begins. */
static FlIdentity *
prepare_scene (const Scene *scene,
               FlPlayer    *player)
{
  FlIdentity *identity = fl_kratos_identity_new (fl_player_get_url (player), "Visma Connect", NULL);

  for (const char *c = scene->setup; *c != '\0'; c++)
    switch (*c)
      {
      case 'm':
        tell (identity, player, "newcomer:0 newcomer:1", FL_TELL_START_RECOVERY, ANNA, NULL);
        break;
      case 'r':
        tell (identity, player, "newcomer:5 newcomer:8", FL_TELL_REDEEM, ID (01), "100001");
        break;
      case 'p':
        tell (identity, player, "newcomer:13", FL_TELL_SET_PASSWORD, "korrekt häst batteri", NULL);
        break;
      case 't':
        tell (identity, player, "newcomer:19", FL_TELL_CONFIRM_TOTP, "123456", NULL);
        break;
      case 'c':
        tell (identity, player, "newcomer:21", FL_TELL_ISSUE_CODES, NULL, NULL);
        break;
      case 's':
        tell (identity, player, "newcomer:35 newcomer:36 newcomer:37", FL_TELL_SIGN_IN, ANNA, "korrekt häst batteri");
        break;
      case 'e':
        tell (identity, player, "privileged:0 privileged:1", FL_TELL_SIGN_IN, "erik@flexhrm.example", "correct horse battery");
        break;
      case 'f':
        tell (identity, player, "newcomer:39", FL_TELL_TOTP, "123456", NULL);
        break;
      default:
        g_assert_not_reached ();
      }

  fl_player_clear (player);
  return identity;
}

/* What has been begun ahead is answered before the next scene begins. */
static void
wait_for_background (FlIdentity *identity)
{
  FlKratosIdentity *self = FL_KRATOS_IDENTITY (identity);

  for (FlKratosFlowKind kind = 0; kind < FL_KRATOS_N_FLOWS; kind++)
    while (self->places[kind].cancellable != NULL)
      g_main_context_iteration (NULL, TRUE);
}

/* Plays a scene, with another body where the recorded one was; how it ended, in words. */
static char *
play_scene (const Scene *scene,
            FlPlayer    *player,
            GBytes      *body,
            guint        status)
{
  g_autoptr (FlIdentity) identity = prepare_scene (scene, player);
  g_autoptr (FlAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  FlTurn *turn;

  fl_player_feed (player, scene->before);
  turn = fl_player_feed_bent (player, scene->bent);
  if (body != NULL)
    {
      g_clear_pointer (&turn->reply, g_bytes_unref);
      turn->reply = g_bytes_ref (body);
    }
  if (status != 0)
    turn->status = status;
  fl_player_feed (player, scene->after);

  answer = fl_teller_run (identity, scene->verb, scene->a, scene->b, &error);
  if (error != NULL)
    g_assert_error (error, FL_PROBLEM, error->code);

  /* A session is not claimed without its token. */
  if (answer != NULL && answer->level > 0)
    {
      g_autoptr (GVariant) record = fl_identity_save (identity);

      g_assert_nonnull (record);
      g_variant_ref_sink (record);
      g_assert_true (g_variant_lookup (record, "token", "&s", &(const char *) { NULL }));
    }

  wait_for_background (identity);
  fl_player_clear (player);
  return fl_teller_describe (answer, error);
}

/* Whether the words of one ending are all among those of the other: then it claims no more. */
static gboolean
claims_no_more (const char *bent,
                const char *straight)
{
  g_auto (GStrv) said = g_strsplit (bent, " ", -1);
  g_auto (GStrv) known = g_strsplit (straight, " ", -1);

  for (guint i = 0; said[i] != NULL; i++)
    if (!g_strv_contains ((const char * const *) known, said[i]))
      return FALSE;

  return TRUE;
}

static gboolean
is_success (const char *end)
{
  return g_str_has_prefix (end, "done");
}

static gboolean
is_outcome (const char *end)
{
  return is_success (end) || g_str_has_suffix (end, "-first") || strstr (end, "-first ") != NULL;
}

typedef struct {
  const Scene *scene;
  FlPlayer    *player;
  JsonNode    *root;
  char        *straight;
  guint        bends;
} Bending;

static void
try_bent (Bending    *bending,
          const char *path,
          const char *how)
{
  g_autofree char *text = json_to_string (bending->root, FALSE);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  g_autofree char *end = play_scene (bending->scene, bending->player, body, 0);
  gboolean is_null_identity = g_str_equal (path, "session.identity") || g_str_equal (path, "session");

  bending->bends++;
  if (!g_str_has_suffix (path, "=") && is_outcome (end) && !claims_no_more (end, bending->straight) &&
      !(is_null_identity && g_str_has_prefix (end, "second-factor-first")))
    {
      g_test_message ("%s %s: “%s” instead of “%s”", path, how, end, bending->straight);
      g_test_fail ();
    }

  for (gsize i = 0; i < G_N_ELEMENTS (bending->scene->load) && bending->scene->load[i] != NULL; i++)
    if (g_str_equal (bending->scene->load[i], path) && is_success (end))
      {
        g_test_message ("%s %s: “%s” although it carries the claim", path, how, end);
        g_test_fail ();
      }
}

/* Another value of the same type: only of interest where the value carries the claim. */
static void
bend_value (Bending    *bending,
            JsonObject *object,
            const char *member,
            const char *path,
            JsonNode   *straight)
{
  g_autofree char *marked = g_strconcat (path, "=", NULL);

  if (!g_strv_contains (bending->scene->load, marked))
    return;

  if (json_node_get_value_type (straight) == G_TYPE_BOOLEAN)
    json_object_set_boolean_member (object, member, !json_node_get_boolean (straight));
  else if (json_node_get_value_type (straight) == G_TYPE_INT64)
    json_object_set_int_member (object, member, json_node_get_int (straight) + 1);
  else if (g_str_equal (member, "id"))
    json_object_set_string_member (object, member, ID (99));
  else
    json_object_set_string_member (object, member, "something else");

  try_bent (bending, marked, "of another value");
}

static void
bend_member (Bending    *bending,
             JsonObject *object,
             const char *member,
             const char *path)
{
  static const char * const others[] = { "null", "\"x\"", "7", "[]" };
  g_autoptr (JsonNode) straight = json_node_copy (json_object_get_member (object, member));

  json_object_remove_member (object, member);
  try_bent (bending, path, "left out");

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      JsonNode *other = json_from_string (others[i], NULL);

      if (json_node_get_node_type (other) == json_node_get_node_type (straight) &&
          (!JSON_NODE_HOLDS_VALUE (other) || json_node_get_value_type (other) == json_node_get_value_type (straight)))
        {
          json_node_unref (other);
          continue;
        }

      json_object_set_member (object, member, other);
      try_bent (bending, path, others[i]);
    }

  bend_value (bending, object, member, path, straight);
  json_object_set_member (object, member, g_steal_pointer (&straight));
}

static void bend_node (Bending    *bending,
                       JsonNode   *node,
                       const char *path);

static void
bend_object (Bending    *bending,
             JsonObject *object,
             const char *path)
{
  g_autoptr (GList) members = json_object_get_members (object);

  for (GList *l = members; l != NULL; l = l->next)
    {
      g_autofree char *name = g_strdup (l->data);
      g_autofree char *inner = *path == '\0' ? g_strdup (name) : g_strconcat (path, ".", name, NULL);

      bend_node (bending, json_object_get_member (object, name), inner);
    }

  g_clear_pointer (&members, g_list_free);
  members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next)
    l->data = g_strdup (l->data);
  for (GList *l = members; l != NULL; l = l->next)
    {
      g_autofree char *name = l->data;
      g_autofree char *inner = *path == '\0' ? g_strdup (name) : g_strconcat (path, ".", name, NULL);

      bend_member (bending, object, name, inner);
    }
}

static void
bend_node (Bending    *bending,
           JsonNode   *node,
           const char *path)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      bend_object (bending, json_node_get_object (node), path);
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      /* The first three tell as much as all twelve recovery codes. */
      for (guint i = 0; i < MIN (json_array_get_length (array), 30); i++)
        {
          g_autofree char *inner = g_strdup_printf ("%s[%u]", path, i);

          if (strstr (path, "secrets") == NULL || i < 3)
            bend_node (bending, json_array_get_element (array, i), inner);
        }
    }
}

static void
test_members (gconstpointer data)
{
  const Scene *scene = data;
  g_autoptr (FlPlayer) player = fl_player_new ();
  Bending bending = { .scene = scene, .player = player };
  JsonObject *exchange = fl_player_get_exchange (player, *scene->bent == '~' ? scene->bent + 1 : scene->bent);

  fl_player_set_is_strict (player, FALSE);
  bending.straight = play_scene (scene, player, NULL, 0);
  bending.root = json_node_copy (json_object_get_member (json_object_get_object_member (exchange, "response"), "body"));
  bend_node (&bending, bending.root, "");
  g_test_message ("%s: “%s”, bent %u times", scene->name, bending.straight, bending.bends);

  json_node_unref (bending.root);
  g_free (bending.straight);
}

static void
check_whole (const Scene *scene,
             FlPlayer    *player,
             const char  *straight,
             const char  *body,
             gsize        length,
             guint        status)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, length);
  g_autofree char *end = play_scene (scene, player, bytes, status);

  g_test_message ("status %u, %" G_GSIZE_FORMAT " bytes: %s", status, length, end);
  g_assert_false (is_success (end));
}

/* The whole body instead of a member of it. 404 and 410 are left out: there a flow is begun anew. */
static void
test_bodies (gconstpointer data)
{
  const Scene *scene = data;
  g_autoptr (FlPlayer) player = fl_player_new ();
  g_autofree char *straight = NULL;
  g_autofree char *text = NULL;
  g_autofree char *big = g_strnfill (10 * 1024 * 1024, ' ');
  g_autofree char *deep = g_strnfill (100 * 1000, '[');
  JsonObject *exchange = fl_player_get_exchange (player, *scene->bent == '~' ? scene->bent + 1 : scene->bent);
  const guint statuses[] = { 301, 400, 401, 403, 422, 429, 500, 502, 503 };
  gsize length;

  fl_player_set_is_strict (player, FALSE);
  straight = play_scene (scene, player, NULL, 0);
  text = json_to_string (json_object_get_member (json_object_get_object_member (exchange, "response"), "body"), FALSE);
  length = strlen (text);

  for (gsize cut = 0; cut < length; cut += MAX (1, length / 16))
    check_whole (scene, player, straight, text, cut, 0);
  check_whole (scene, player, straight, text, length - 1, 0);
  check_whole (scene, player, straight, "<html></html>", 13, 0);
  check_whole (scene, player, straight, "{}", 2, 0);
  check_whole (scene, player, straight, "[]", 2, 0);
  check_whole (scene, player, straight, "null", 4, 0);
  check_whole (scene, player, straight, "{\"ui\":\0}", 9, 0);
  check_whole (scene, player, straight, big, 10 * 1024 * 1024, 0);
  check_whole (scene, player, straight, deep, 100 * 1000, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    check_whole (scene, player, straight, "{\"error\":{\"code\":1}}", 20, statuses[i]);
}

/* The right body under a status that does not belong to it is no success either. Going on to the password after the
 * address is: Kratos answers it with 400, a later one may with 200. */
static void
test_statuses (gconstpointer data)
{
  const Scene *scene = data;
  g_autoptr (FlPlayer) player = fl_player_new ();
  const guint statuses[] = { 201, 301, 400, 401, 403, 410, 422, 500 };

  fl_player_set_is_strict (player, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *end = play_scene (scene, player, NULL, statuses[i]);

      g_assert_true (!is_success (end) || scene->verb == FL_TELL_IDENTIFY);
    }
}

int
main (int   argc,
      char *argv[])
{
  const struct {
    const char    *name;
    GTestDataFunc  func;
  } tests[] = {
    { "members", test_members },
    { "bodies", test_bodies },
    { "statuses", test_statuses },
  };

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (scenes); j++)
      {
        g_autofree char *path = g_strdup_printf ("/kratos/mutations/%s/%s", tests[i].name, scenes[j].name);

        g_test_add_data_func (path, &scenes[j], tests[i].func);
      }

  return g_test_run ();
}
