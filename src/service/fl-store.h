/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _FlStore FlStore;

FlStore      *fl_store_new       (const char    *path,
                                  GError       **error);
void          fl_store_free      (FlStore       *self);
void          fl_store_begin     (FlStore       *self);
gboolean      fl_store_commit    (FlStore       *self);
void          fl_store_roll_back (FlStore       *self);
gboolean      fl_store_is_well   (FlStore       *self);
void          fl_store_run       (FlStore       *self,
                                  const char    *sql,
                                  const char    *types,
                                  ...);
sqlite3_stmt *fl_store_query     (FlStore       *self,
                                  const char    *sql,
                                  const char    *types,
                                  ...);
gboolean      fl_store_step      (FlStore       *self,
                                  sqlite3_stmt  *statement);
gint64        fl_store_number    (FlStore       *self,
                                  const char    *sql,
                                  const char    *types,
                                  ...);
guint         fl_store_changes   (FlStore       *self);
void          fl_store_tidy      (FlStore       *self,
                                  gint64         now,
                                  gint64         window);
void          fl_store_clear     (FlStore       *self);

char         *fl_store_get_text  (sqlite3_stmt  *statement,
                                  int            column);
GBytes       *fl_store_get_blob  (sqlite3_stmt  *statement,
                                  int            column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlStore, fl_store_free)

G_END_DECLS
