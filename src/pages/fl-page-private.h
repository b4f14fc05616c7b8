/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-countdown.h"
#include "fl-page.h"

G_BEGIN_DECLS

/* What the files of FlPage share; nobody else includes this. */

typedef struct
{
  FlJourney *journey;
  FlPolicy *policy;
  FlCountdown *countdown;
  GPtrArray *fields;
  FlField *faulty;
  FlField *host;
  FlStep step;
  gboolean ready;
  double room;

  GtkWidget *scroll;
  GtkWidget *clamp;
  GtkWidget *illustration;
  GtkWidget *title;
  GtkWidget *sentence;
  GtkWidget *notice;
  GtkWidget *notice_label;
  GtkWidget *content;
  GtkWidget *button;
  GtkWidget *trouble;
  GtkWidget *links;
  GtkWidget *portal;
  GtkWidget *check;
  GtkWidget *more;
} FlPagePrivate;

FlPagePrivate *fl_page_get_private             (FlPage *self);
void           fl_page_update_sensitivity      (FlPage *self);
void           fl_page_show_problem            (FlPage *self);
void           fl_page_bring_problem_into_view (FlPage *self);
void           fl_page_watch_problem           (FlPage *self);
void           fl_page_watch_notice            (FlPage *self);
void           fl_page_add_ways_out            (FlPage *self);

G_END_DECLS
