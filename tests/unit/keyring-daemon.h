/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The real keyring on the test's own bus: started, locked and unlocked from outside, as a desktop does it. */

extern pid_t keyring_daemon_pid;     /* the one that runs */
extern guint keyring_daemon_prompts; /* how often somebody was asked for the keyring's password: gnome-keyring starts
                                      * with asking the prompter, which keyring_daemon_own_prompter() is */

void keyring_daemon_start        (void);
void keyring_daemon_start_by     (const char * const *words);
void keyring_daemon_wait         (gboolean            there);
void keyring_daemon_lock         (void);
void keyring_daemon_unlock       (void);
void keyring_daemon_own_prompter (void);

G_END_DECLS
