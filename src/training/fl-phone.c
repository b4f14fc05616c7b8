/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-training"

#include "config.h"

#include <glib/gi18n-lib.h>

#include "fl-clock.h"
#include "fl-code.h"
#include "fl-phone.h"
#include "fl-ring.h"
#include "fl-totp.h"

/**
 * FlPhone:
 *
 * A phone with an authenticator app on it: the accounts that it has scanned, each with its code and the ring that
 * runs down.
 *
 * Its codes are computed from what was scanned, as any phone would; it knows nothing of the service. *Scan the code*
 * emits #FlPhone::scan, and whoever holds it points it at the screen.
 */
struct _FlPhone
{
  GtkWidget parent_instance;

  GPtrArray *accounts;
  guint timeout;

  GtkWidget *frame;
  GtkWidget *rows;
  GtkWidget *message;
};

G_DEFINE_FINAL_TYPE (FlPhone, fl_phone, GTK_TYPE_WIDGET)

enum {
  SIGNAL_SCAN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  FlOtpauth *otpauth;
  GtkWidget *row;
  GtkWidget *code;
  GtkWidget *ring;
} Account;

static void
account_free (gpointer data)
{
  Account *account = data;

  fl_otpauth_unref (account->otpauth);
  g_free (account);
}

static void
show_code (gpointer item,
           gpointer data)
{
  Account *account = item;
  gint64 now = fl_clock_now ();
  char *code = fl_totp_code (fl_otpauth_get_key (account->otpauth), now);
  char *grouped = fl_code_group (code, 3);

  gtk_label_set_label (GTK_LABEL (account->code), grouped);
  fl_ring_set_left (FL_RING (account->ring), FL_TOTP_PERIOD - now % FL_TOTP_PERIOD, FL_TOTP_PERIOD);
  fl_secret_wipe_string (grouped);
  fl_secret_wipe_string (code);
}

static gboolean
on_second_passed (gpointer data)
{
  FlPhone *self = data;

  g_ptr_array_foreach (self->accounts, show_code, NULL);

  return G_SOURCE_CONTINUE;
}

static void
on_scan_clicked (FlPhone *self)
{
  g_signal_emit (self, signals[SIGNAL_SCAN], 0);
}

static void
fl_phone_dispose (GObject *object)
{
  FlPhone *self = FL_PHONE (object);

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_pointer (&self->frame, gtk_widget_unparent);

  G_OBJECT_CLASS (fl_phone_parent_class)->dispose (object);
}

static void
fl_phone_class_init (FlPhoneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fl_phone_dispose;

  /**
   * FlPhone::scan:
   *
   * The person holds the phone to the screen.
   */
  signals[SIGNAL_SCAN] =
    g_signal_new ("scan", FL_TYPE_PHONE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (FL_TYPE_RING);
  gtk_widget_class_set_css_name (widget_class, "phone");
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/first-login/training/fl-phone.ui");
  gtk_widget_class_bind_template_child (widget_class, FlPhone, frame);
  gtk_widget_class_bind_template_child (widget_class, FlPhone, rows);
  gtk_widget_class_bind_template_child (widget_class, FlPhone, message);
  gtk_widget_class_bind_template_callback (widget_class, on_scan_clicked);
}

static void
fl_phone_init (FlPhone *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->accounts = g_ptr_array_new_with_free_func (account_free);
  self->timeout = g_timeout_add_seconds (1, on_second_passed, self);
  fl_phone_clear (self);
}

/**
 * fl_phone_new:
 *
 * Returns: (transfer floating): a phone that has scanned nothing yet
 */
GtkWidget *
fl_phone_new (void)
{
  return g_object_new (FL_TYPE_PHONE, NULL);
}

static GtkWidget *
build_row (Account *account)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *issuer = g_object_new (GTK_TYPE_LABEL,
                                    "label", fl_otpauth_get_issuer (account->otpauth),
                                    "xalign", 0.0,
                                    "ellipsize", PANGO_ELLIPSIZE_END,
                                    "css-classes", (const char *[]) { "heading", NULL },
                                    NULL);
  GtkWidget *who = g_object_new (GTK_TYPE_LABEL,
                                 "label", fl_otpauth_get_account (account->otpauth),
                                 "xalign", 0.0,
                                 "ellipsize", PANGO_ELLIPSIZE_END,
                                 "css-classes", (const char *[]) { "caption", "dim-label", NULL },
                                 NULL);

  account->code = g_object_new (GTK_TYPE_LABEL,
                                "xalign", 0.0,
                                "hexpand", TRUE,
                                "selectable", TRUE,
                                "focusable", FALSE,
                                "css-classes", (const char *[]) { "phone-code", "numeric", NULL },
                                NULL);
  account->ring = fl_ring_new ();
  gtk_box_append (GTK_BOX (line), account->code);
  gtk_box_append (GTK_BOX (line), account->ring);

  gtk_widget_add_css_class (row, "phone-account");
  gtk_box_append (GTK_BOX (row), issuer);
  gtk_box_append (GTK_BOX (row), who);
  gtk_box_append (GTK_BOX (row), line);

  return row;
}

/**
 * fl_phone_add:
 * @self: a phone
 * @account: (transfer none): what it has scanned; it takes the place of an older one for the same account
 */
void
fl_phone_add (FlPhone   *self,
              FlOtpauth *account)
{
  Account *added;

  g_return_if_fail (FL_IS_PHONE (self));
  g_return_if_fail (account != NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      Account *known = g_ptr_array_index (self->accounts, i);

      if (g_strcmp0 (fl_otpauth_get_account (known->otpauth), fl_otpauth_get_account (account)) == 0)
        {
          gtk_box_remove (GTK_BOX (self->rows), known->row);
          g_ptr_array_remove_index (self->accounts, i);
          break;
        }
    }

  added = g_new0 (Account, 1);
  added->otpauth = fl_otpauth_ref (account);
  added->row = build_row (added);
  gtk_box_prepend (GTK_BOX (self->rows), added->row);
  g_ptr_array_add (self->accounts, added);
  show_code (added, NULL);
  fl_phone_say (self, NULL);
}

/**
 * fl_phone_say:
 * @self: a phone
 * @text: (nullable): a line at the foot of its screen; %NULL for none
 */
void
fl_phone_say (FlPhone    *self,
              const char *text)
{
  g_return_if_fail (FL_IS_PHONE (self));

  gtk_label_set_label (GTK_LABEL (self->message), text != NULL ? text : "");
}

/**
 * fl_phone_clear:
 * @self: a phone
 *
 * Makes it forget all accounts.
 */
void
fl_phone_clear (FlPhone *self)
{
  GtkWidget *child;

  g_return_if_fail (FL_IS_PHONE (self));

  g_ptr_array_set_size (self->accounts, 0);
  while ((child = gtk_widget_get_first_child (self->rows)) != NULL)
    gtk_box_remove (GTK_BOX (self->rows), child);
  fl_phone_say (self, NULL);
}

/**
 * fl_phone_dup_accounts:
 * @self: a phone
 *
 * Returns: (transfer full) (element-type FlOtpauth): its accounts, oldest first
 */
GPtrArray *
fl_phone_dup_accounts (FlPhone *self)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func ((GDestroyNotify) fl_otpauth_unref);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      Account *account = g_ptr_array_index (self->accounts, i);

      g_ptr_array_add (accounts, fl_otpauth_ref (account->otpauth));
    }

  return accounts;
}
