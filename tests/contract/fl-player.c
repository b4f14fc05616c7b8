/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-tests"

#include "config.h"

#include "fl-player.h"

#include "fl-porter.h"

/* An HTTP server that plays the recorded transcripts to a client, and checks that the client asks what was asked when
 * they were recorded. Three ways to name an exchange: "newcomer:5" wants the very request; "~newcomer:5" one of the
 * same method and path, whatever else is in it; "!newcomer:5" answers whatever comes next. What is not fed is answered
 * from the stock: the recorded beginnings of flows, so that flows may be begun ahead. */
struct _FlPlayer
{
  SoupServer *server;
  FlPorter   *porter;     /* (nullable): where TLS is spoken */
  char       *url;
  GHashTable *stories;    /* name → JsonArray of exchanges */
  GQueue      turns;      /* FlTurn */
  GPtrArray  *silenced;   /* SoupServerMessage that never get an answer */
  guint       requests;
  guint       surprises;  /* requests that nobody expected */
  gboolean    is_strict;  /* a surprise fails the test */

  GHashTable         *connections;   /* the client's ports */
  SoupMessageHeaders *last_headers;  /* (nullable): of the last request */
  char               *last_body;     /* (nullable) */
};

static const char * const names[] = {
  "code-too-often", "expiry", "login-password", "login-refused", "newcomer", "privileged", "recovery-odd", "resend",
};

/* Beginnings of flows that may be asked for at any time. */
static const char * const stock[] = {
  "login-password:0", "newcomer:0", "newcomer:29", "newcomer:43", "privileged:2",
};

static gboolean
fill_placeholder (const GMatchInfo *match,
                  GString          *result,
                  gpointer          user_data)
{
  g_autofree char *kind = g_match_info_fetch (match, 1);
  g_autofree char *number = g_match_info_fetch (match, 2);
  int n = atoi (number);

  if (g_str_equal (kind, "id"))
    g_string_append_printf (result, "00000000-0000-4000-8000-%012d", n);
  else if (g_str_equal (kind, "token"))
    g_string_append_printf (result, "ory_st_%032d", n);
  else if (g_str_equal (kind, "secret"))
    g_string_append_printf (result, "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345%c%c", 'A' + n, 'A' + n);
  else if (g_str_equal (kind, "code"))
    g_string_append_printf (result, "%06d", 100000 + n);
  else
    g_string_append_printf (result, "codeno%02d", n);

  return FALSE;
}

static char *
replace (char       *text,
         const char *pattern,
         const char *replacement)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  g_autofree char *before = text;

  return g_regex_replace (regex, before, -1, 0, replacement, 0, NULL);
}

static char *
fill (FlPlayer *self,
      char     *text)
{
  g_autoptr (GRegex) numbered = g_regex_new ("<(id|token|secret|code|recovery-code)-(\\d+)>", 0, 0, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) later = g_date_time_add_hours (now, 1);
  g_autofree char *time = g_date_time_format_iso8601 (later);
  g_autofree char *filled = NULL;

  text = replace (text, "<totp <secret-\\d+> [-+]\\d+ s>", "654321");
  text = replace (text, "<totp <secret-\\d+>>", "123456");
  text = replace (text, "<wrong-code>", "000001");
  text = replace (text, "<time>", time);
  text = replace (text, "<server>", self->url);
  filled = g_regex_replace_eval (numbered, text, -1, 0, 0, fill_placeholder, NULL, NULL);
  g_free (text);

  return g_steal_pointer (&filled);
}

static void
load (FlPlayer   *self,
      const char *name)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "contract", "transcripts", file, NULL);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  char *text;
  JsonArray *exchanges;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  text = fill (self, text);
  root = json_from_string (text, &error);
  g_assert_no_error (error);
  g_free (text);

  exchanges = json_object_get_array_member (json_node_get_object (root), "exchanges");
  g_hash_table_insert (self->stories, g_strdup (name), json_array_ref (exchanges));
}

static FlTurn *
turn_from_exchange (FlPlayer   *self,
                    const char *reference)
{
  char manner = *reference;
  JsonObject *exchange, *request, *response, *headers;
  g_autofree char *json = NULL;
  FlTurn *turn;

  exchange = fl_player_get_exchange (self, manner == '~' || manner == '!' ? reference + 1 : reference);
  request = json_object_get_object_member (exchange, "request");
  response = json_object_get_object_member (exchange, "response");
  headers = json_object_get_object_member (request, "headers");

  if (!json_object_get_null_member (response, "body"))
    json = json_to_string (json_object_get_member (response, "body"), FALSE);
  turn = fl_turn_new ((guint) json_object_get_int_member (response, "status"), json);
  if (manner == '!')
    return turn;

  turn->method = g_strdup (json_object_get_string_member (request, "method"));
  turn->path = g_strdup (json_object_get_string_member (request, "path"));
  if (manner == '~')
    turn->path = replace (turn->path, "\\?.*", "?");
  else
    {
      turn->token = g_strdup (json_object_get_string_member_with_default (headers, "X-Session-Token", ""));
      if (!json_object_get_null_member (request, "body"))
        turn->body = json_node_copy (json_object_get_member (request, "body"));
    }

  return turn;
}

/* What the native flows want of every request, and what must never be in one. */
static void
check_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean has_body = soup_server_message_get_request_body (message)->length > 0;

  g_assert_cmpstr (soup_message_headers_get_one (headers, "Accept"), ==, "application/json");
  g_assert_cmpstr (soup_message_headers_get_list (headers, "Cookie"), ==, NULL);
  g_assert_cmpstr (soup_message_headers_get_list (headers, "Origin"), ==, NULL);
  g_assert_true (g_str_has_prefix (soup_message_headers_get_one (headers, "User-Agent"), "first-login/"));
  g_assert_cmpstr (soup_message_headers_get_one (headers, "Content-Type"), ==, has_body ? "application/json" : NULL);
}

static void
remember (FlPlayer          *self,
          SoupServerMessage *message)
{
  GSocketAddress *address = soup_server_message_get_remote_address (message);
  guint port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

  self->requests++;
  g_hash_table_add (self->connections, GUINT_TO_POINTER (port));
  g_clear_pointer (&self->last_headers, soup_message_headers_unref);
  self->last_headers = soup_message_headers_ref (soup_server_message_get_request_headers (message));
  g_free (self->last_body);
  self->last_body = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
write_wire (SoupServerMessage *message,
            GBytes            *wire)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), g_bytes_get_data (wire, NULL),
                             g_bytes_get_size (wire), NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static void
play (FlPlayer          *self,
      SoupServerMessage *message,
      const FlTurn      *turn)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  if (turn->is_silent)
    {
      g_ptr_array_add (self->silenced, g_object_ref (message));
      soup_server_message_pause (message);
      return;
    }

  if (turn->wire != NULL)
    {
      write_wire (message, turn->wire);
      return;
    }

  soup_server_message_set_status (message, turn->status, NULL);
  if (turn->header != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (turn->header, ": ", 2);

      soup_message_headers_append (headers, parts[0], parts[1]);
    }
  if (turn->content_type != NULL)
    soup_message_headers_replace (headers, "Content-Type", turn->content_type);
  if (turn->reply != NULL && g_bytes_get_size (turn->reply) > 0)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), turn->reply);
}

static gboolean
play_stock (FlPlayer          *self,
            SoupServerMessage *message,
            const char        *target)
{
  for (gsize i = 0; i < G_N_ELEMENTS (stock); i++)
    {
      FlTurn *turn = turn_from_exchange (self, stock[i]);
      gboolean is_fit;

      g_clear_pointer (&turn->token, g_free);
      is_fit = fl_turn_fits (turn, message, target);
      if (is_fit)
        play (self, message, turn);
      fl_turn_free (turn);
      if (is_fit)
        return TRUE;
    }

  return FALSE;
}

static void
on_requested (SoupServer        *server,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
  FlPlayer *self = user_data;
  GUri *uri = soup_server_message_get_uri (message);
  g_autofree char *target = g_uri_get_query (uri) != NULL ? g_strconcat (path, "?", g_uri_get_query (uri), NULL)
                                                          : g_strdup (path);

  remember (self, message);
  check_headers (message);
  for (GList *l = self->turns.head; l != NULL; l = l->next)
    if (fl_turn_fits (l->data, message, target))
      {
        FlTurn *turn = l->data;

        g_queue_delete_link (&self->turns, l);
        play (self, message, turn);
        fl_turn_free (turn);
        return;
      }

  if (play_stock (self, message, target))
    return;

  self->surprises++;
  if (self->is_strict)
    g_error ("nobody expected %s %s %s", soup_server_message_get_method (message), target,
             soup_server_message_get_request_body (message)->data);
  soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL);
}

static guint16
listen_here (FlPlayer        *self,
             GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;
  guint16 port;

  if (certificate != NULL)
    {
      self->porter = fl_porter_new (self->server, certificate);
      return fl_porter_get_port (self->porter);
    }

  soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return port;
}

static FlPlayer *
player_new (GTlsCertificate *certificate)
{
  FlPlayer *self = g_new0 (FlPlayer, 1);

  self->is_strict = TRUE;
  self->connections = g_hash_table_new (NULL, NULL);
  self->silenced = g_ptr_array_new_with_free_func (g_object_unref);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, on_requested, self, NULL);
  self->url = g_strdup_printf ("%s://127.0.0.1:%u", certificate != NULL ? "https" : "http", listen_here (self, certificate));

  self->stories = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    load (self, names[i]);

  return self;
}

/**
 * fl_player_new:
 *
 * Returns: (transfer full): a player that listens on a free port of the loopback and knows all transcripts
 */
FlPlayer *
fl_player_new (void)
{
  return player_new (NULL);
}

/**
 * fl_player_new_encrypted:
 * @certificate: (type filename): certificate and key
 *
 * Returns: (transfer full): a player that listens for TLS
 */
FlPlayer *
fl_player_new_encrypted (const char *certificate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) loaded = g_tls_certificate_new_from_file (certificate, &error);

  g_assert_no_error (error);
  return player_new (loaded);
}

/**
 * fl_player_free:
 * @self: (transfer full): a player
 *
 * Stops listening and frees it.
 */
void
fl_player_free (FlPlayer *self)
{
  fl_player_clear (self);
  g_clear_pointer (&self->porter, fl_porter_free);
  soup_server_disconnect (self->server);
  g_clear_pointer (&self->silenced, g_ptr_array_unref);
  g_clear_object (&self->server);
  g_clear_pointer (&self->last_headers, soup_message_headers_unref);
  g_free (self->last_body);
  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->stories);
  g_free (self->url);
  g_free (self);
}

/**
 * fl_player_get_url:
 * @self: a player
 *
 * Returns: (transfer none): where it listens
 */
const char *
fl_player_get_url (FlPlayer *self)
{
  return self->url;
}

/**
 * fl_player_get_exchange:
 * @self: a player
 * @reference: "story:number"
 *
 * Returns: (transfer none): the exchange, its placeholders filled
 */
JsonObject *
fl_player_get_exchange (FlPlayer   *self,
                        const char *reference)
{
  g_auto (GStrv) parts = g_strsplit (reference, ":", 2);
  JsonArray *story = g_hash_table_lookup (self->stories, parts[0]);

  g_assert_nonnull (story);
  return json_array_get_object_element (story, (guint) atoi (parts[1]));
}

/**
 * fl_player_get_length:
 * @self: a player
 * @story: the name of a transcript
 *
 * Returns: how many exchanges, mails and waits it has
 */
guint
fl_player_get_length (FlPlayer   *self,
                      const char *story)
{
  return json_array_get_length (g_hash_table_lookup (self->stories, story));
}

/**
 * fl_player_feed:
 * @self: a player
 * @references: exchanges, separated by spaces
 *
 * Adds them to what is expected next.
 */
void
fl_player_feed (FlPlayer   *self,
                const char *references)
{
  g_auto (GStrv) list = g_strsplit (references, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      g_queue_push_tail (&self->turns, turn_from_exchange (self, list[i]));
}

/**
 * fl_player_feed_bent:
 * @self: a player
 * @reference: an exchange
 *
 * Adds it to what is expected next.
 *
 * Returns: (transfer none): its turn, to be changed
 */
FlTurn *
fl_player_feed_bent (FlPlayer   *self,
                     const char *reference)
{
  fl_player_feed (self, reference);

  return g_queue_peek_tail (&self->turns);
}

/**
 * fl_player_add:
 * @self: a player
 * @method: (nullable): of the request; %NULL for any
 * @path: (nullable): of the request, one that ends in "?" is a prefix; %NULL for any
 * @status: of the answer
 * @json: (nullable): the answer's body
 *
 * Returns: (transfer none): the turn, to be changed where it shall be odd
 */
FlTurn *
fl_player_add (FlPlayer   *self,
               const char *method,
               const char *path,
               guint       status,
               const char *json)
{
  FlTurn *turn = fl_turn_new (status, json);

  turn->method = g_strdup (method);
  turn->path = g_strdup (path);
  g_queue_push_tail (&self->turns, turn);

  return turn;
}

/**
 * fl_player_clear:
 * @self: a player
 *
 * Forgets what it expects and what it has counted.
 */
void
fl_player_clear (FlPlayer *self)
{
  g_queue_clear_full (&self->turns, (GDestroyNotify) fl_turn_free);
  g_queue_init (&self->turns);
  self->requests = 0;
  self->surprises = 0;
  g_hash_table_remove_all (self->connections);
}

/**
 * fl_player_is_fed:
 * @self: a player
 *
 * Returns: whether all that was expected has been asked for
 */
gboolean
fl_player_is_fed (FlPlayer *self)
{
  return g_queue_is_empty (&self->turns);
}

/**
 * fl_player_get_requests:
 * @self: a player
 *
 * Returns: how many requests have come since it was cleared
 */
guint
fl_player_get_requests (FlPlayer *self)
{
  return self->requests;
}

/**
 * fl_player_get_surprises:
 * @self: a player
 *
 * Returns: how many requests have come that nobody expected
 */
guint
fl_player_get_surprises (FlPlayer *self)
{
  return self->surprises;
}

/**
 * fl_player_get_connections:
 * @self: a player
 *
 * Returns: over how many connections requests have come since it was cleared
 */
guint
fl_player_get_connections (FlPlayer *self)
{
  return g_hash_table_size (self->connections);
}

/**
 * fl_player_get_last_header:
 * @self: a player that has been asked something
 * @name: of a header
 *
 * Returns: (transfer none) (nullable): what it said in the last request
 */
const char *
fl_player_get_last_header (FlPlayer   *self,
                           const char *name)
{
  return soup_message_headers_get_one (self->last_headers, name);
}

/**
 * fl_player_get_last_body:
 * @self: a player that has been asked something
 *
 * Returns: (transfer none): the body of the last request
 */
const char *
fl_player_get_last_body (FlPlayer *self)
{
  return self->last_body;
}

/**
 * fl_player_set_is_strict:
 * @self: a player
 * @is_strict: whether a request that nobody expected fails the test, or gets a 500
 */
void
fl_player_set_is_strict (FlPlayer *self,
                         gboolean  is_strict)
{
  self->is_strict = is_strict;
}
