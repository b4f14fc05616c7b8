/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy.h"

G_BEGIN_DECLS

char *fl_policy_sentence_describe (const FlPolicyMistake *mistake);
char *fl_policy_sentence_locate   (const FlPolicyMistake *mistake);

G_END_DECLS
