/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <gmime/gmime.h>

#include "fl-mail.h"
#include "fl-secret.h"

/**
 * FlMail:
 *
 * A mail as a mail reader sees it: read from the very bytes that the service has sent.
 */
struct _FlMail
{
  GObject parent_instance;

  char *sender;
  char *recipient;
  char *subject;
  char *html;
  GDateTime *date;
};

G_DEFINE_FINAL_TYPE (FlMail, fl_mail, G_TYPE_OBJECT)

/* GMime gives what is in no encoding that it knows as it is. */
static char *
make_text (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : g_strdup ("");
}

/* The display name of the first mailbox, else its address. */
static char *
get_mailbox (InternetAddressList *list)
{
  InternetAddress *address;
  const char *name;

  if (list == NULL || internet_address_list_length (list) == 0)
    return g_strdup ("");

  address = internet_address_list_get_address (list, 0);
  name = internet_address_get_name (address);
  if (name != NULL && *name != '\0')
    return make_text (name);
  if (INTERNET_ADDRESS_IS_MAILBOX (address))
    return make_text (internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address)));

  return g_strdup ("");
}

static void
find_html (GMimeObject *parent,
           GMimeObject *part,
           gpointer     data)
{
  char **html = data;

  if (*html == NULL && GMIME_IS_TEXT_PART (part) &&
      g_mime_content_type_is_type (g_mime_object_get_content_type (part), "text", "html"))
    {
      char *text = g_mime_text_part_get_text (GMIME_TEXT_PART (part));

      *html = text != NULL ? make_text (text) : NULL;
      fl_secret_wipe_string (text);
    }
}

static void
fl_mail_finalize (GObject *object)
{
  FlMail *self = FL_MAIL (object);

  g_free (self->sender);
  g_free (self->recipient);
  g_free (self->subject);
  fl_secret_wipe_string (self->html);
  g_clear_pointer (&self->date, g_date_time_unref);

  G_OBJECT_CLASS (fl_mail_parent_class)->finalize (object);
}

static void
fl_mail_class_init (FlMailClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fl_mail_finalize;
}

static void
fl_mail_init (FlMail *self)
{
}

/**
 * fl_mail_new:
 * @message: an RFC 5322 message
 * @error: return location for an error
 *
 * Returns: (transfer full): the mail, or %NULL with %G_IO_ERROR_INVALID_DATA when it has no HTML part to show
 */
FlMail *
fl_mail_new (GBytes  *message,
             GError **error)
{
  g_autoptr (FlMail) self = g_object_new (FL_TYPE_MAIL, NULL);
  gsize length;
  const char *data = g_bytes_get_data (message, &length);
  /* An empty file has no bytes to point at. */
  GMimeStream *stream = g_mime_stream_mem_new_with_buffer (length > 0 ? data : "", length);
  GMimeParser *parser = g_mime_parser_new_with_stream (stream);
  GMimeMessage *parsed = g_mime_parser_construct_message (parser, NULL);

  if (parsed != NULL)
    {
      g_mime_message_foreach (parsed, find_html, &self->html);
      self->sender = get_mailbox (g_mime_message_get_from (parsed));
      self->recipient = get_mailbox (g_mime_message_get_to (parsed));
      self->subject = make_text (g_mime_message_get_subject (parsed));
      if (g_mime_message_get_date (parsed) != NULL)
        self->date = g_date_time_ref (g_mime_message_get_date (parsed));
    }
  g_clear_object (&parsed);
  g_object_unref (parser);
  g_object_unref (stream);

  if (self->html == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "A mail without an HTML part");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * fl_mail_get_sender:
 * @self: a mail
 *
 * Returns: (transfer none): who it is from, by name where there is one
 */
const char *
fl_mail_get_sender (FlMail *self)
{
  g_return_val_if_fail (FL_IS_MAIL (self), NULL);

  return self->sender;
}

/**
 * fl_mail_get_recipient:
 * @self: a mail
 *
 * Returns: (transfer none): who it is to
 */
const char *
fl_mail_get_recipient (FlMail *self)
{
  g_return_val_if_fail (FL_IS_MAIL (self), NULL);

  return self->recipient;
}

/**
 * fl_mail_get_subject:
 * @self: a mail
 *
 * Returns: (transfer none): its subject
 */
const char *
fl_mail_get_subject (FlMail *self)
{
  g_return_val_if_fail (FL_IS_MAIL (self), NULL);

  return self->subject;
}

/**
 * fl_mail_get_html:
 * @self: a mail
 *
 * Returns: (transfer none): its HTML part, decoded to UTF-8
 */
const char *
fl_mail_get_html (FlMail *self)
{
  g_return_val_if_fail (FL_IS_MAIL (self), NULL);

  return self->html;
}

/**
 * fl_mail_get_date:
 * @self: a mail
 *
 * Returns: (transfer none) (nullable): when it was sent
 */
GDateTime *
fl_mail_get_date (FlMail *self)
{
  g_return_val_if_fail (FL_IS_MAIL (self), NULL);

  return self->date;
}
