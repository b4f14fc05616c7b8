/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fl-policy.h"

/* All mistakes of a policy, one a line: "3 server.url no-scheme (https://id.example.com)", with a line other than the
 * first behind the name as "/2". */
#define assert_mistakes(policy, wanted) G_STMT_START { \
  g_autofree char *seen = describe_mistakes (policy); \
  g_assert_cmpstr (seen, ==, wanted); \
} G_STMT_END

char *describe_mistakes (FlPolicy *policy);
