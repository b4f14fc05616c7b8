/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-field.h"
#include "fl-journey.h"
#include "fl-policy.h"

G_BEGIN_DECLS

#define FL_TYPE_PAGE (fl_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (FlPage, fl_page, FL, PAGE, AdwBin)

struct _FlPageClass
{
  AdwBinClass parent_class;

  /* The main button was pressed, or Return in a field. */
  void       (*submit)       (FlPage       *self);
  /* Which field a problem is about; NULL when it is about none of them. The default names the first field for
   * everything that a person typed. */
  FlField   *(*field_for)    (FlPage       *self,
                              FlProblem     problem);
  /* Shows a problem in a place of the page's own, or takes it back when problem is NULL; whether it did. */
  gboolean   (*take_problem) (FlPage       *self,
                              const GError *problem,
                              const char   *sentence);
  /* Where the focus belongs while nothing is wrong: the first field, else the main button. */
  void       (*focus)        (FlPage       *self);
  /* Takes over what was chosen, besides the texts of the fields, on the page of the same step that it takes the place
   * of. */
  void       (*take_over)    (FlPage       *self,
                              FlPage       *from);
};

FlJourney  *fl_page_get_journey  (FlPage     *self);
FlPolicy   *fl_page_get_policy   (FlPage     *self);
char       *fl_page_get_server   (FlPage     *self);
void        fl_page_set_title    (FlPage     *self,
                                  const char *title);
void        fl_page_set_sentence (FlPage     *self,
                                  const char *sentence);
void        fl_page_add_field    (FlPage     *self,
                                  FlField    *field);
void        fl_page_submit       (FlPage     *self);
void        fl_page_set_ready    (FlPage     *self,
                                  gboolean    ready);
void        fl_page_focus        (FlPage     *self);
void        fl_page_take_over    (FlPage     *self,
                                  FlPage     *from);

G_END_DECLS
