/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-journey.h"
#include "fl-policy.h"

G_BEGIN_DECLS

char *fl_sentence_for_problem (const GError *problem,
                               FlStep        step,
                               FlPolicy     *policy,
                               const char   *countdown);
char *fl_sentence_for_notice  (FlNotice      notice,
                               FlPolicy     *policy);
char *fl_sentence_for_clock   (gint64        ahead);
char *fl_sentence_for_support (FlPolicy     *policy);
char *fl_sentence_for_apps    (FlPolicy     *policy);
char *fl_sentence_format_time (gint64        time);
char *fl_sentence_format_span (gint64        seconds);

G_END_DECLS
