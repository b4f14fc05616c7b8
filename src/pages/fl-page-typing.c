/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages"

#include "config.h"

#include "fl-page-private.h"

/* The part of FlPage that looks after what is typed. */

static void
on_field_edited (FlPage *self)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  fl_journey_person_typed (priv->journey);
  if (fl_countdown_is_over (priv->countdown))
    fl_journey_clear_problem (priv->journey);
}

/**
 * fl_page_add_field:
 * @self: a page
 * @field: (transfer none): a field somewhere inside it; fields that are its direct children are added already
 *
 * Return in it submits the page; editing it takes back the problem.
 * The first one gets the focus.
 */
void
fl_page_add_field (FlPage  *self,
                   FlField *field)
{
  FlPagePrivate *priv = fl_page_get_private (self);

  g_return_if_fail (FL_IS_PAGE (self));
  g_return_if_fail (FL_IS_FIELD (field));

  g_ptr_array_add (priv->fields, field);
  g_signal_connect_object (field, "submitted", G_CALLBACK (fl_page_submit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (field, "edited", G_CALLBACK (on_field_edited), self, G_CONNECT_SWAPPED);
}

/**
 * fl_page_take_over:
 * @self: a page
 * @from: the page of the same step that it takes the place of
 *
 * Takes over what has been typed and chosen, so that a page which is built anew in another language has lost nothing.
 */
void
fl_page_take_over (FlPage *self,
                   FlPage *from)
{
  FlPagePrivate *priv = fl_page_get_private (self);
  FlPagePrivate *before = fl_page_get_private (from);

  g_return_if_fail (FL_IS_PAGE (self));
  g_return_if_fail (G_OBJECT_TYPE (self) == G_OBJECT_TYPE (from));

  FL_PAGE_GET_CLASS (self)->take_over (self, from);
  for (guint i = 0; i < MIN (priv->fields->len, before->fields->len); i++)
    {
      FlField *field = g_ptr_array_index (priv->fields, i);
      const char *text = fl_field_get_text (g_ptr_array_index (before->fields, i));

      if (g_strcmp0 (text, fl_field_get_text (field)) == 0)
        continue;

      /* As a person's hand would, so that the page notices; but what was said of it holds still. */
      g_signal_handlers_block_by_func (field, on_field_edited, self);
      gtk_editable_set_text (fl_field_get_entry (field), text);
      g_signal_handlers_unblock_by_func (field, on_field_edited, self);
    }
  fl_page_show_problem (self);
}
