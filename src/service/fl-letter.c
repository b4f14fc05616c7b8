/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fl-service"

#include "config.h"

#include "fl-letter.h"
#include "fl-address.h"
#include "fl-code.h"
#include "fl-link.h"

#include <gio/gio.h>
#include <gmime/gmime.h>
#include <string.h>

#define RESOURCES "/first-login/service/letter/"
#define WORDS "Words"

G_DEFINE_BOXED_TYPE (FlLetter, fl_letter, fl_letter_ref, fl_letter_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMessage, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeMultipart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimePart, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeDataWrapper, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GMimeFormatOptions, g_mime_format_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (InternetAddressList, g_object_unref)

/* Strings that carry the code or the link are wiped like the code itself. */
typedef char Wiped;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wiped, fl_secret_wipe_string)

static void
clear_letter (FlLetter *self)
{
  g_clear_pointer (&self->to, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->lang, g_free);
  g_clear_pointer (&self->flow, fl_secret_wipe_string);
  g_clear_pointer (&self->code, fl_secret_unref);
  g_clear_pointer (&self->landing, g_free);
  g_clear_pointer (&self->from, g_free);
  g_clear_pointer (&self->product, g_free);
}

static gboolean
on_placeholder_found (const GMatchInfo *match,
                      GString          *filled,
                      gpointer          user_data)
{
  GHashTable *values = user_data;
  g_autofree char *key = g_match_info_fetch (match, 1);
  const char *value = g_hash_table_lookup (values, key);

  g_assert (value != NULL);
  g_string_append (filled, value);
  return FALSE;
}

/* One pass: a value that looks like a placeholder stays what it is. */
static Wiped *
fill (const char *template,
      GHashTable *values)
{
  g_autoptr (GRegex) placeholder = g_regex_new ("\\{([a-z-]+)\\}", 0, 0, NULL);

  return g_regex_replace_eval (placeholder, template, -1, 0, 0, on_placeholder_found, values, NULL);
}

static Wiped *
fill_from_resource (const char *name,
                    GHashTable *values)
{
  g_autofree char *path = g_strconcat (RESOURCES, name, NULL);
  g_autoptr (GBytes) template = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return fill (g_bytes_get_data (template, NULL), values);
}

static GKeyFile *
load_words (void)
{
  g_autoptr (GKeyFile) words = g_key_file_new ();
  g_autoptr (GBytes) file = g_resources_lookup_data (RESOURCES "words.ini", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_key_file_load_from_bytes (words, file, G_KEY_FILE_KEEP_TRANSLATIONS, NULL);
  return g_steal_pointer (&words);
}

static char *
format_until (FlLetter   *self,
              GKeyFile   *words,
              const char *lang)
{
  g_autoptr (GDateTime) sent = g_date_time_new_from_unix_local (self->sent_at);
  g_autoptr (GDateTime) expires = g_date_time_new_from_unix_local (self->expires_at);
  gboolean same_day;
  g_autofree char *format = NULL;

  if (sent == NULL || expires == NULL)
    return NULL;
  same_day = g_date_time_get_year (sent) == g_date_time_get_year (expires) &&
             g_date_time_get_day_of_year (sent) == g_date_time_get_day_of_year (expires);
  format = g_key_file_get_locale_string (words, WORDS, same_day ? "time" : "day-time", lang, NULL);
  return g_date_time_format (expires, format);
}

/* A line break or another control character in a name would be a new line of the mail. */
static char *
on_one_line (const char *text)
{
  g_autofree char *line = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *p = line; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return g_strdup (g_strstrip (line));
}

static GHashTable *
new_values (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) fl_secret_wipe_string);
}

/* The sentences of one language, filled with the facts. */
static GHashTable *
say (FlLetter   *self,
     GKeyFile   *words,
     const char *lang,
     const char *time)
{
  g_autoptr (GHashTable) facts = new_values ();
  g_autoptr (GHashTable) said = new_values ();
  g_auto (GStrv) keys = g_key_file_get_keys (words, WORDS, NULL, NULL);
  const char *greeting;

  g_hash_table_insert (facts, g_strdup ("name"), on_one_line (self->name));
  g_hash_table_insert (facts, g_strdup ("product"), on_one_line (self->product));
  g_hash_table_insert (facts, g_strdup ("time"), g_strdup (time));

  for (char **key = keys; *key != NULL; key++)
    {
      g_autofree char *sentence = g_key_file_get_locale_string (words, WORDS, *key, lang, NULL);

      g_hash_table_insert (said, g_strdup (*key), fill (sentence, facts));
    }

  greeting = *(const char *) g_hash_table_lookup (facts, "name") != '\0' ? "greeting" : "greeting-nameless";
  g_hash_table_insert (said, g_strdup ("greeting"), g_strdup (g_hash_table_lookup (said, greeting)));
  g_hash_table_insert (said, g_strdup ("code-lead"),
                       g_strdup (g_hash_table_lookup (said, self->flow != NULL ? "code-after-button" : "code-alone")));
  g_hash_table_insert (said, g_strdup ("code"), fl_code_group (fl_secret_get_text (self->code), 3));
  g_hash_table_insert (said, g_strdup ("lang"), g_strdup (lang));
  if (self->flow != NULL)
    {
      g_autoptr (FlLink) link = fl_link_new (self->landing, self->flow, fl_secret_get_text (self->code));
      g_autoptr (FlSecret) uri = fl_link_to_uri (link);

      g_hash_table_insert (said, g_strdup ("link"), g_strdup (fl_secret_get_text (uri)));
    }
  return g_steal_pointer (&said);
}

static GHashTable *
escape_values (GHashTable *values)
{
  g_autoptr (GHashTable) escaped = new_values ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (escaped, g_strdup (key), g_markup_escape_text (value, -1));
  return g_steal_pointer (&escaped);
}

static Wiped *
render (FlLetter   *self,
        GHashTable *values,
        const char *letter,
        const char *way)
{
  g_hash_table_insert (values, g_strdup ("way"),
                       self->flow != NULL ? fill_from_resource (way, values) : g_strdup (""));
  return fill_from_resource (letter, values);
}

/* Not g_mime_text_part_set_text(): at GMime 3.2 it picks the smallest charset that fits, and leaves bare line feeds. */
static void
add_part (GMimeMultipart *alternatives,
          const char     *subtype,
          const char     *text)
{
  g_autoptr (GMimePart) part = g_mime_part_new_with_type ("text", subtype);
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new_with_buffer (text, strlen (text));
  g_autoptr (GMimeDataWrapper) content = g_mime_data_wrapper_new_with_stream (stream, GMIME_CONTENT_ENCODING_DEFAULT);

  g_mime_object_set_content_type_parameter (GMIME_OBJECT (part), "charset", "utf-8");
  g_mime_part_set_content_encoding (part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  g_mime_part_set_content (part, content);
  g_mime_multipart_add (alternatives, GMIME_OBJECT (part));
}

static GMimeMessage *
start_message (FlLetter            *self,
               InternetAddressList *from,
               const char          *sender,
               const char          *subject,
               const char          *lang)
{
  g_autoptr (GMimeMessage) message = g_mime_message_new (TRUE);
  g_autoptr (GDateTime) sent = g_date_time_new_from_unix_local (self->sent_at);
  g_autofree char *message_id = g_mime_utils_generate_message_id (strrchr (sender, '@') + 1);
  GMimeObject *object = GMIME_OBJECT (message);

  internet_address_list_append (g_mime_message_get_addresses (message, GMIME_ADDRESS_TYPE_FROM), from);
  g_mime_message_add_mailbox (message, GMIME_ADDRESS_TYPE_TO, NULL, self->to);
  g_mime_message_set_subject (message, subject, "utf-8");
  g_mime_message_set_date (message, sent);
  g_mime_message_set_message_id (message, message_id);
  g_mime_object_set_header (object, "Content-Language", lang, NULL);
  g_mime_object_set_header (object, "Auto-Submitted", "auto-generated", NULL); /* RFC 3834, section 5 */
  return g_steal_pointer (&message);
}

static gboolean
check_facts (FlLetter  *self,
             GError   **error)
{
  const char *missing = NULL;

  if (self->to == NULL || !fl_address_is_plausible (self->to))
    missing = "a plausible address";
  else if (self->code == NULL || !fl_code_is_complete (fl_secret_get_text (self->code)))
    missing = "a whole code";
  else if (self->flow != NULL && (self->landing == NULL || !fl_link_is_uuid (self->flow)))
    missing = "a whole link";

  if (missing == NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The letter needs %s", missing);
  return FALSE;
}

static InternetAddressList *
parse_from (FlLetter  *self,
            GError   **error)
{
  g_autofree char *line = on_one_line (self->from);
  g_autoptr (InternetAddressList) from = internet_address_list_parse (NULL, line);
  InternetAddress *address = NULL;

  if (from != NULL && internet_address_list_length (from) == 1)
    address = internet_address_list_get_address (from, 0);
  if (!INTERNET_ADDRESS_IS_MAILBOX (address) ||
      !fl_address_is_plausible (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address))))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The letter needs one sender");
      return NULL;
    }
  internet_address_set_charset (address, "utf-8");
  return g_steal_pointer (&from);
}

static void
wipe_array (GByteArray *array)
{
  fl_secret_wipe (array->data, array->len);
  g_byte_array_unref (array);
}

static GBytes *
write_message (GMimeMessage *message)
{
  g_autoptr (GMimeFormatOptions) options = g_mime_format_options_new ();
  g_autoptr (GMimeStream) stream = g_mime_stream_mem_new ();
  GByteArray *array = g_byte_array_new ();

  g_mime_stream_mem_set_byte_array (GMIME_STREAM_MEM (stream), array);
  g_mime_format_options_set_newline_format (options, GMIME_NEWLINE_FORMAT_DOS);
  g_mime_object_write_to_stream (GMIME_OBJECT (message), options, stream);
  return g_bytes_new_with_free_func (array->data, array->len, (GDestroyNotify) wipe_array, array);
}

static gpointer
start_gmime (gpointer data)
{
  g_mime_init ();
  return NULL;
}

/**
 * fl_letter_new:
 *
 * Returns: (transfer full): an empty letter, to be filled in
 */
FlLetter *
fl_letter_new (void)
{
  return g_atomic_rc_box_new0 (FlLetter);
}

/**
 * fl_letter_ref:
 * @self: a letter
 *
 * Takes a reference; any thread may.
 *
 * Returns: (transfer full): @self
 */
FlLetter *
fl_letter_ref (FlLetter *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * fl_letter_unref:
 * @self: (transfer full): a letter
 *
 * Gives a reference back; the last one wipes what is secret.
 */
void
fl_letter_unref (FlLetter *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear_letter);
}

/**
 * fl_letter_compose:
 * @self: the facts
 * @sender: (out) (optional) (transfer full): the address that the mail comes from, for the envelope
 * @error: return location
 *
 * Writes the mail: RFC 5322 headers and a multipart/alternative of plain text and HTML, both UTF-8 and
 * quoted-printable, with CRLF line ends. Times are said in the local time zone, with the date when the code
 * outlives the day. May be called in any thread.
 *
 * Returns: (transfer full): the message, or %NULL with G_IO_ERROR_INVALID_ARGUMENT when the letter is not one that
 *   can be sent; the error names neither the address nor the code
 */
GBytes *
fl_letter_compose (FlLetter  *self,
                   char     **sender,
                   GError   **error)
{
  static GOnce gmime = G_ONCE_INIT;
  g_autoptr (InternetAddressList) from = NULL;
  g_autoptr (GKeyFile) words = load_words ();
  g_autoptr (GHashTable) said = NULL;
  g_autoptr (GHashTable) escaped = NULL;
  g_autoptr (GMimeMultipart) alternatives = NULL;
  g_autoptr (GMimeMessage) message = NULL;
  g_autoptr (Wiped) text = NULL;
  g_autoptr (Wiped) html = NULL;
  g_autofree char *lang = NULL;
  g_autofree char *time = NULL;
  const char *address;

  g_return_val_if_fail (self != NULL, NULL);

  g_once (&gmime, start_gmime, NULL);
  from = check_facts (self, error) ? parse_from (self, error) : NULL;
  if (from == NULL)
    return NULL;

  lang = g_key_file_get_locale_for_key (words, WORDS, "subject", self->lang != NULL ? self->lang : "en");
  if (lang == NULL)
    lang = g_strdup ("en");
  time = format_until (self, words, lang);
  if (time == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "The letter needs times that a calendar knows");
      return NULL;
    }

  said = say (self, words, lang, time);
  escaped = escape_values (said);
  text = render (self, said, "letter.txt", "way.txt");
  html = render (self, escaped, "letter.html", "way.html");

  /* RFC 2046, section 5.1.4: the plainest first, the preferred last. */
  alternatives = g_mime_multipart_new_with_subtype ("alternative");
  add_part (alternatives, "plain", text);
  add_part (alternatives, "html", html);
  address = internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (internet_address_list_get_address (from, 0)));
  message = start_message (self, from, address, g_hash_table_lookup (said, "subject"), lang);
  g_mime_message_set_mime_part (message, GMIME_OBJECT (alternatives));
  if (sender != NULL)
    *sender = g_strdup (address);
  return write_message (message);
}
