/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-finding.h"
#include "fl-policy.h"

G_BEGIN_DECLS

const char *fl_finding_sentence_get_title   (FlCheck    check);
char       *fl_finding_sentence_describe    (FlFinding *finding,
                                             FlPolicy  *policy);
const char *fl_finding_sentence_get_next    (FlFinding *finding);
const char *fl_finding_sentence_get_verdict (FlVerdict  verdict);

G_END_DECLS
