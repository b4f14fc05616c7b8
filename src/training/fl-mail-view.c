/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#include "fl-mail-view.h"

/**
 * FlMailView:
 *
 * A mail's HTML part as native widgets: paragraphs become labels, a link that is drawn as a button becomes a button.
 *
 * It understands what mails are made of (tables for layout, inline style, paragraphs, headings, links) and fetches
 * nothing. Pressing a link emits #FlMailView::link-pressed; nothing is opened here.
 */
struct _FlMailView
{
  GtkWidget parent_instance;

  GtkWidget *column;
};

G_DEFINE_FINAL_TYPE (FlMailView, fl_mail_view, GTK_TYPE_WIDGET)

enum {
  SIGNAL_LINK_PRESSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Above this size (CSS px) text in a mail is a thing to look at, such as a code, not prose. */
#define DISPLAY_SIZE 26

static char *
get_attribute (xmlNode    *node,
               const char *name)
{
  xmlChar *value = xmlGetProp (node, BAD_CAST name);
  char *copy = g_strdup (value != NULL ? (const char *) value : "");

  xmlFree (value);

  return copy;
}

/* The value of a property in the node's own inline style, or NULL. */
static char *
get_style (xmlNode    *node,
           const char *property)
{
  g_autofree char *style = get_attribute (node, "style");
  g_auto (GStrv) declarations = g_strsplit (style, ";", -1);

  for (guint i = 0; declarations[i] != NULL; i++)
    {
      char *colon = strchr (declarations[i], ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      if (g_ascii_strcasecmp (g_strstrip (declarations[i]), property) == 0)
        return g_strdup (g_strstrip (colon + 1));
    }

  return NULL;
}

static gboolean
is_hidden (xmlNode *node)
{
  g_autofree char *display = get_style (node, "display");

  return g_strcmp0 (display, "none") == 0;
}

static gboolean
is_element (xmlNode    *node,
            const char *name)
{
  return node->type == XML_ELEMENT_NODE && g_ascii_strcasecmp ((const char *) node->name, name) == 0;
}

static gboolean
is_inline (xmlNode *node)
{
  static const char * const names[] = { "a", "b", "strong", "em", "i", "span", "br", "small" };

  if (node->type == XML_TEXT_NODE)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (is_element (node, names[i]))
      return TRUE;

  return FALSE;
}

static gboolean
has_only_inline (xmlNode *node)
{
  for (xmlNode *child = node->children; child != NULL; child = child->next)
    if (!is_inline (child))
      return FALSE;

  return node->children != NULL;
}

/* Text with white space folded, as HTML means it. */
static char *
get_text (xmlNode *node)
{
  xmlChar *content = xmlNodeGetContent (node);
  g_auto (GStrv) words = NULL;
  g_autoptr (GStrvBuilder) kept = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  words = g_strsplit_set ((const char *) content, " \t\r\n", -1);
  xmlFree (content);
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (kept, words[i]);
  list = g_strv_builder_end (kept);

  return g_strjoinv (" ", list);
}

static void
on_link_clicked (GtkButton *button,
                 gpointer   data)
{
  g_signal_emit (data, signals[SIGNAL_LINK_PRESSED], 0, g_object_get_data (G_OBJECT (button), "href"));
}

static void
add_link (FlMailView *self,
          xmlNode    *node)
{
  g_autofree char *text = get_text (node);
  g_autofree char *background = get_style (node, "background-color");
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_widget_add_css_class (button, background != NULL ? "mail-button" : "flat");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "href", get_attribute (node, "href"), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_link_clicked), self, 0);
  gtk_box_append (GTK_BOX (self->column), button);
}

static void
add_text (FlMailView *self,
          xmlNode    *node)
{
  g_autofree char *text = get_text (node);
  g_autofree char *size = get_style (node, "font-size");
  double pixels = size != NULL ? g_ascii_strtod (size, NULL) : 0;
  GtkWidget *label;

  if (*text == '\0')
    return;

  label = g_object_new (GTK_TYPE_LABEL,
                        "label", text,
                        "xalign", 0.0,
                        "wrap", TRUE,
                        "wrap-mode", PANGO_WRAP_WORD_CHAR,
                        "selectable", TRUE,
                        "focusable", FALSE,
                        NULL);
  if (is_element (node, "h1") || is_element (node, "h2"))
    gtk_widget_add_css_class (label, "title-3");
  else if (pixels >= DISPLAY_SIZE)
    gtk_widget_add_css_class (label, "mail-code");
  else if (pixels > 0 && pixels < 16)
    gtk_widget_add_css_class (label, "mail-small");
  gtk_box_append (GTK_BOX (self->column), label);
}

static void
add_node (FlMailView *self,
          xmlNode    *node)
{
  if (node->type != XML_ELEMENT_NODE || is_hidden (node) || is_element (node, "head") ||
      is_element (node, "style") || is_element (node, "script"))
    return;

  if (is_element (node, "a"))
    add_link (self, node);
  else if (has_only_inline (node) && xmlFirstElementChild (node) != NULL && is_element (xmlFirstElementChild (node), "a"))
    add_link (self, xmlFirstElementChild (node));
  else if (has_only_inline (node))
    add_text (self, node);
  else
    for (xmlNode *child = node->children; child != NULL; child = child->next)
      add_node (self, child);
}

static void
fl_mail_view_dispose (GObject *object)
{
  g_clear_pointer (&FL_MAIL_VIEW (object)->column, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_mail_view_parent_class)->dispose (object);
}

static void
fl_mail_view_class_init (FlMailViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_mail_view_dispose;

  /**
   * FlMailView::link-pressed:
   * @href: where the link leads
   */
  signals[SIGNAL_LINK_PRESSED] =
    g_signal_new ("link-pressed", FL_TYPE_MAIL_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  gtk_widget_class_set_css_name (widget_class, "mailview");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_DOCUMENT);
}

static void
fl_mail_view_init (FlMailView *self)
{
  self->column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  gtk_widget_set_parent (self->column, GTK_WIDGET (self));
}

/**
 * fl_mail_view_new:
 * @mail: the mail to show
 *
 * Returns: (transfer floating): its HTML part as widgets
 */
GtkWidget *
fl_mail_view_new (FlMail *mail)
{
  FlMailView *self = g_object_new (FL_TYPE_MAIL_VIEW, NULL);
  const char *html = fl_mail_get_html (mail);
  xmlDoc *document = htmlReadMemory (html, strlen (html), NULL, "UTF-8",
                                     HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NOBLANKS);

  if (document != NULL && xmlDocGetRootElement (document) != NULL)
    add_node (self, xmlDocGetRootElement (document));
  xmlFreeDoc (document);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, fl_mail_get_subject (mail), -1);

  return GTK_WIDGET (self);
}
