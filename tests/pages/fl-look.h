/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "fl-assistant.h"
#include "fl-field.h"
#include "fl-page.h"
#include "fl-pose.h"

G_BEGIN_DECLS

/* A page in a window of its own, as a person finds it. */
typedef struct {
  FlPose    *pose;
  GtkWidget *window;
  GtkWidget *assistant;
} FlLook;

FlLook    *fl_look_new            (FlPose     *pose);
void       fl_look_rebuild        (FlLook     *look);
void       fl_look_free           (FlLook     *look);
GtkWidget *fl_look_find           (GtkWidget  *from,
                                   GType       type);
FlField   *fl_look_field          (FlLook     *look,
                                   const char *label);
GtkWidget *fl_look_button         (FlLook     *look,
                                   const char *label);
gboolean   fl_look_shows          (FlLook     *look,
                                   const char *label);
void       fl_look_type           (FlLook     *look,
                                   const char *label,
                                   const char *text);
void       fl_look_press          (FlLook     *look,
                                   const char *label);
void       fl_look_press_return   (FlLook     *look,
                                   const char *label);
void       fl_look_press_key      (FlLook     *look,
                                   const char *key);
gboolean   fl_look_has_focus      (FlLook     *look,
                                   const char *label);
char      *fl_look_read_clipboard (FlLook     *look);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FlLook, fl_look_free)

G_END_DECLS
