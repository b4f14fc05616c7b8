/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FL_TYPE_FIELD (fl_field_get_type ())
G_DECLARE_DERIVABLE_TYPE (FlField, fl_field, FL, FIELD, GtkWidget)

struct _FlFieldClass
{
  GtkWidgetClass parent_class;

  GtkWidget *(*create_entry) (FlField *self);

  /* What is wrong in it is typed anew, as a password is, rather than corrected, as an address is. */
  gboolean     typed_anew;

  /* The longest text that makes sense in it, in bytes, and what is said of a longer one, to be translated. */
  gsize        length_max;
  const char  *too_long;
};

GtkEditable *fl_field_get_entry   (FlField    *self);
const char  *fl_field_get_text    (FlField    *self);
void         fl_field_set_text    (FlField    *self,
                                   const char *text);
const char  *fl_field_get_label   (FlField    *self);
void         fl_field_set_label   (FlField    *self,
                                   const char *label);
const char  *fl_field_get_hint    (FlField    *self);
void         fl_field_set_hint    (FlField    *self,
                                   const char *hint);
const char  *fl_field_get_error   (FlField    *self);
void         fl_field_set_error   (FlField    *self,
                                   const char *error);
void         fl_field_set_trouble (FlField    *self,
                                   const char *trouble);
void         fl_field_set_remark  (FlField    *self,
                                   const char *remark);
void         fl_field_focus       (FlField    *self);
void         fl_field_add_suffix  (FlField    *self,
                                   GtkWidget  *suffix);
void         fl_field_set_advice  (FlField    *self,
                                   GtkWidget  *advice);

G_END_DECLS
