/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "fl-pages-test"

#include "config.h"

#include "fl-look.h"
#include "fl-ui.h"

/*
 * Every field of every page meets everything that people, clipboards and programs put into fields.
 *
 * Whatever it is: either the server is asked for exactly what was meant, or a sentence stands at the field and nobody is
 * asked; what was typed stays; nothing is wider than the window; and GTK has nothing to complain of.
 */

#define WIDTH_MIN 360       /* px; the narrowest window that everything has to fit into */
#define BORDER 4            /* px; what frames overlap by */
#define MEGABYTE (1 << 20)

typedef enum {
  KIND_SERVER,
  KIND_ADDRESS,
  KIND_PASSWORD,
  KIND_DIGITS,
  KIND_RECOVERY,
  N_KINDS
} Kind;

typedef enum {
  NOTHING,   /* the button rests */
  SENTENCE,  /* said at the field, nobody is asked */
  REFUSED,   /* not even taken into the field */
  MEANT,     /* asked for what was meant */
  EXACT,     /* asked for exactly what stands there */
  ASKED,     /* for something: letters and digits alone may be a recovery code */
} Outcome;

typedef struct {
  FlStep      step;
  const char *label;
  const char *button;
  Kind        kind;
  const char *verb;  /* NULL: nobody sees what it asks for */
  const char *good;
} Place;

static const Place places[] = {
  { FL_STEP_ORGANISATION, "Server address", "Continue", KIND_SERVER, NULL, "login.flexhrm.example" },
  { FL_STEP_EMAIL, "Email address", "Next", KIND_ADDRESS, "identify", FL_POSE_ADDRESS },
  { FL_STEP_PASSWORD, "Password", "Sign In", KIND_PASSWORD, "sign_in", "correct horse" },
  { FL_STEP_CREATE_PASSWORD, "Email address", "Reset password", KIND_ADDRESS, "start_recovery", FL_POSE_ADDRESS },
  { FL_STEP_INBOX, "Code", "Continue", KIND_DIGITS, "redeem", "123456" },
  { FL_STEP_NEW_PASSWORD, "New password", "Change password", KIND_PASSWORD, "set_password", "correct horse" },
  { FL_STEP_NEW_PASSWORD, "Confirm new password", "Change password", KIND_PASSWORD, "set_password", "correct horse" },
  { FL_STEP_ENROL, "Code", "Activate", KIND_DIGITS, "confirm_totp", "123456" },
  { FL_STEP_RECOVERY_CODES, "Type one code", "Continue", KIND_RECOVERY, "confirm_recovery_codes", "4x7r2kqa" },
  { FL_STEP_SECOND_FACTOR, "Code", "Continue", KIND_DIGITS, "answer_second_factor", "123456" },
  { FL_STEP_SECOND_FACTOR, "Recovery code", "Continue", KIND_RECOVERY, "answer_second_factor", "4x7r2kqa" },
  { FL_STEP_PASSWORD_AGAIN, "Password", "Sign In", KIND_PASSWORD, "reauthenticate", "correct horse" },
};

/* What stands before, in the middle of, and behind what would be right; or instead of it, where there is no GOOD. */
#define GOOD "\x1A"

typedef struct {
  const char *name;
  const char *text;
  const char *repeated;
  guint       times;
  Outcome     outcomes[N_KINDS];
} Input;

static const Input inputs[] = {
  /*                                                                  server    address   password  digits    recovery */
  { "nothing", "", NULL, 0,                                         { NOTHING,  NOTHING,  NOTHING,  NOTHING,  NOTHING } },
  { "spaces", "   ", NULL, 0,                                       { SENTENCE, SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "blanks of all kinds", "\u00a0\u200b\ufeff\t\r\n", NULL, 0,     { SENTENCE, SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "spaces around", "  " GOOD " ", NULL, 0,                        { ASKED,    MEANT,    EXACT,    MEANT,    MEANT } },
  { "no-break spaces around", "\u00a0" GOOD "\u00a0", NULL, 0,      { ASKED,    MEANT,    EXACT,    MEANT,    MEANT } },
  { "zero width around", "\u200b\ufeff" GOOD "\u2060\u200b", NULL, 0, { ASKED,  MEANT,    EXACT,    MEANT,    MEANT } },
  { "line ends around", "\r\n\t" GOOD "\r\n", NULL, 0,              { ASKED,    MEANT,    EXACT,    MEANT,    MEANT } },
  { "override before", "\u202e" GOOD, NULL, 0,                      { ASKED,    MEANT,    EXACT,    MEANT,    MEANT } },
  { "isolates around", "\u2066" GOOD "\u2069", NULL, 0,             { ASKED,    MEANT,    EXACT,    MEANT,    MEANT } },
  { "space after some", "an" " " GOOD, NULL, 0,                     { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "zero width inside", "an\u200b" GOOD, NULL, 0,                  { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "override inside", "an\u202e" GOOD, NULL, 0,                    { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "control characters", "an\x01\x7f\x1b" GOOD, NULL, 0,           { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "two lines", GOOD "\n" GOOD, NULL, 0,                           { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "tab inside", "an\t" GOOD, NULL, 0,                             { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "full-width digits", "１２３　４５６", NULL, 0,                   { SENTENCE, SENTENCE, EXACT,    MEANT,    ASKED } },
  { "Arabic-Indic digits", "١٢٣٤٥٦", NULL, 0,                       { ASKED,    SENTENCE, EXACT,    MEANT,    ASKED } },
  { "Devanagari digits", "१२३-४५६", NULL, 0,                        { ASKED,    SENTENCE, EXACT,    MEANT,    ASKED } },
  { "superscript digits", "¹²³⁴⁵⁶", NULL, 0,                        { ASKED,    SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "emoji", "😀👩‍👩‍👧‍👦🏳️‍🌈", NULL, 0,                              { SENTENCE, SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "right to left", "שלום123", NULL, 0,                            { ASKED,    SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "not a character", "an\uffff\ufdd0\ufffd", NULL, 0,             { SENTENCE, SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "a thousand marks", GOOD, "\u0301", 1000,                       { SENTENCE, SENTENCE, EXACT,    REFUSED,  REFUSED } },
  { "markup", "<b>&lt;%s%n</b>", NULL, 0,                           { SENTENCE, SENTENCE, EXACT,    SENTENCE, SENTENCE } },
  { "as much as fits", "", "m", 250,                                { SENTENCE, SENTENCE, EXACT,    SENTENCE, ASKED } },
  { "a megabyte", "", "m", MEGABYTE,                                { REFUSED,  REFUSED,  REFUSED,  REFUSED,  REFUSED } },
  { "a megabyte of marks", "e", "\u0301", MEGABYTE / 2,             { REFUSED,  REFUSED,  REFUSED,  REFUSED,  REFUSED } },
  { "a megabyte of lines", "", GOOD "\r\n", MEGABYTE / 8,           { REFUSED,  REFUSED,  REFUSED,  REFUSED,  REFUSED } },
};

static void
append (GString    *text,
        const char *part,
        const char *good)
{
  for (const char *p = part; *p != '\0'; p++)
    {
      if (*p == *GOOD)
        g_string_append (text, good);
      else
        g_string_append_c (text, *p);
    }
}

static char *
build_text (const Input *input,
            const Place *place)
{
  GString *text = g_string_new (NULL);

  append (text, input->text, place->good);
  for (guint i = 0; i < input->times; i++)
    append (text, input->repeated, place->good);

  return g_string_free (text, FALSE);
}

static Outcome
get_outcome (const Input *input,
             const Place *place)
{
  /* One that is typed back has to be one of the list. */
  if (place->step == FL_STEP_RECOVERY_CODES && input->outcomes[place->kind] == ASKED)
    return SENTENCE;

  return input->outcomes[place->kind];
}

static FlLook *
look_at (const Place *place)
{
  FlPose *pose = fl_pose_new (place->step);
  FlLook *look;

  if (place->step == FL_STEP_INBOX)
    fl_pose_mail (pose, 10);
  else if (place->step == FL_STEP_ENROL)
    fl_pose_enrolment (pose);
  else if (place->step == FL_STEP_RECOVERY_CODES)
    fl_pose_codes (pose);
  look = fl_look_new (pose);
  if (place->step == FL_STEP_CREATE_PASSWORD)
    fl_pose_robot (pose, FALSE);
  if (g_str_equal (place->label, "Recovery code"))
    fl_look_press (look, "Use a recovery code instead");

  return look;
}

/* Nothing but what can be scrolled is wider than the narrowest window, and nothing hangs out of this one. */
static void
assert_fits (GtkWidget *from,
             GtkWidget *window)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (from) || GTK_IS_TEXT (from))
    return;

  g_assert_true (gtk_widget_compute_bounds (from, window, &bounds));
  g_assert_cmpfloat (bounds.origin.x, >=, -BORDER);
  g_assert_cmpfloat (bounds.origin.x + bounds.size.width, <=, gtk_widget_get_width (window) + BORDER);

  for (GtkWidget *child = gtk_widget_get_first_child (from); child != NULL; child = gtk_widget_get_next_sibling (child))
    assert_fits (child, window);
}

static void
assert_laid_out (FlLook *look)
{
  int width;

  fl_pose_settle ();
  gtk_widget_measure (look->assistant, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, WIDTH_MIN);
  assert_fits (look->assistant, look->window);
}

static void
assert_asked (FlLook      *look,
              const Place *place,
              Outcome      outcome,
              const char  *text)
{
  FlStillIdentity *identity = look->pose->identity;
  const char *expected = outcome == EXACT ? text : g_str_has_prefix (place->label, "Type one") ? "" : place->good;

  g_assert_true (fl_journey_get_busy (look->pose->journey));
  g_assert_null (fl_field_get_error (fl_look_field (look, place->label)));
  if (place->verb == NULL)
    return;

  g_assert_cmpstr (fl_still_identity_get_verb (identity), ==, place->verb);
  if (outcome != ASKED && *expected != '\0')
    g_assert_cmpstr (fl_still_identity_get_word (identity), ==, expected);
}

static void
try_input (FlLook      *look,
           const Place *place,
           const Input *input)
{
  FlField *field = fl_look_field (look, place->label);
  FlField *first = place->step == FL_STEP_NEW_PASSWORD ? fl_look_field (look, "New password") : NULL;
  FlField *second = first != NULL ? fl_look_field (look, "Confirm new password") : NULL;
  FlField *other = first == field ? second : first;
  g_autofree char *text = build_text (input, place);
  Outcome outcome = get_outcome (input, place);

  g_test_message ("%s: %s", place->label, input->name);
  gtk_editable_set_text (fl_field_get_entry (field), text);
  if (other != NULL && outcome != REFUSED)
    gtk_editable_set_text (fl_field_get_entry (other), text);
  assert_laid_out (look);

  if (outcome == REFUSED)
    {
      g_assert_cmpstr (fl_field_get_text (field), ==, "");
      g_assert_true (g_str_has_prefix (fl_field_get_error (field), "That is too long for a"));
      g_assert_false (fl_journey_get_busy (look->pose->journey));
      return;
    }

  g_assert_cmpstr (fl_field_get_text (field), ==, text);
  g_assert_cmpint (gtk_widget_is_sensitive (fl_look_button (look, place->button)), ==, outcome != NOTHING);
  if (field == first)
    fl_look_press_return (look, "Confirm new password");
  else
    fl_look_press_return (look, place->label);
  assert_laid_out (look);

  if (outcome == NOTHING || outcome == SENTENCE)
    {
      g_assert_false (fl_journey_get_busy (look->pose->journey));
      g_assert_cmpint (fl_field_get_error (field) != NULL, ==, outcome == SENTENCE);
    }
  else
    {
      assert_asked (look, place, outcome, text);
    }

  if (place->kind == KIND_ADDRESS && outcome == MEANT)
    g_assert_cmpstr (fl_field_get_text (field), ==, place->good);
  else if (place->kind != KIND_ADDRESS && place->kind != KIND_SERVER)
    g_assert_cmpstr (fl_field_get_text (field), ==, text);
  else
    g_assert_nonnull (strstr (text, fl_field_get_text (field)));

  fl_journey_cancel (look->pose->journey);
  fl_pose_settle ();
}

static void
test_place (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (FlLook) look = look_at (place);

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    try_input (look, place, &inputs[i]);
}

/* A riddle otherwise: what stands there looks right. */
static void
test_says_that_something_is_hidden (void)
{
  static const char hidden[] = "There is a character in it that cannot be seen. Delete it all, and type it by hand.";
  g_autoptr (FlLook) email = fl_look_new (fl_pose_new (FL_STEP_EMAIL));
  g_autoptr (FlLook) server = fl_look_new (fl_pose_new (FL_STEP_ORGANISATION));

  fl_look_type (email, "Email address", "anna@flex\u200bhrm.example");
  fl_look_press (email, "Next");
  g_assert_cmpstr (fl_field_get_error (fl_look_field (email, "Email address")), ==, hidden);
  fl_look_type (server, "Server address", "login\u202e.example.com");
  fl_look_press (server, "Continue");
  g_assert_cmpstr (fl_field_get_error (fl_look_field (server, "Server address")), ==, hidden);
}

/* A password is never altered, but what cannot be seen of it is said, where it was not typed letter by letter. */
static void
test_password_with_hidden_ends (void)
{
  static const struct {
    const char *text;
    const char *remark;
  } cases[] = {
    { "correct horse", NULL },
    { " correct horse", "It begins with a blank." },
    { "correct horse ", "It ends with a blank or a line end." },
    { "correct horse\r\n", "It ends with a blank or a line end." },
    { "correct horse\u200b", "It ends with a blank or a line end." },
    { "\ufeffcorrect horse\u00a0", "It begins and ends with a blank." },
    { "correct\nhorse", "There is a tab or a line end in it." },
    { "correct\thorse", "There is a tab or a line end in it." },
    { "correct\u00a0horse", NULL },
    { "👩‍👩‍👧‍👦 horse", NULL },
  };
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));
  FlField *field = fl_look_field (look, "Password");
  GtkEditable *text = gtk_editable_get_delegate (fl_field_get_entry (field));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *whole = NULL;

      g_test_message ("password %u", i);
      fl_look_type (look, "Password", cases[i].text);
      if (cases[i].remark != NULL)
        whole = g_strconcat (cases[i].remark, g_str_has_prefix (cases[i].remark, "It begins and")
                                              ? " Delete them, unless they belong to the password."
                                              : " Delete it, unless it belongs to the password.", NULL);
      else
        whole = g_strdup ("No password yet? The link below is the way for you too.");
      g_assert_true (fl_look_shows (look, whole));
      g_assert_null (fl_field_get_error (field));
      g_assert_cmpstr (fl_field_get_text (field), ==, cases[i].text);
    }

  /* Letter by letter nothing is said, so that nothing comes and goes at every space between two words. */
  fl_look_type (look, "Password", "");
  for (const char *p = "two words "; *p != '\0'; p++)
    {
      int position = -1;

      gtk_editable_insert_text (text, p, 1, &position);
    }
  g_assert_cmpstr (fl_field_get_text (field), ==, "two words ");
  g_assert_true (fl_look_shows (look, "No password yet? The link below is the way for you too."));
}

/* GTK tells of the text that was to be replaced only after the refusal, which has to stand all the same. */
static void
test_refusal_in_place_of_something (void)
{
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_EMAIL));
  FlField *field = fl_look_field (look, "Email address");
  GtkEditable *text = gtk_editable_get_delegate (fl_field_get_entry (field));
  g_autofree char *text_too_long = g_strnfill (3000, 'm');

  fl_look_type (look, "Email address", "anna");
  fl_look_press (look, "Next");
  g_assert_nonnull (fl_field_get_error (field));
  gtk_editable_select_region (text, 0, -1);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (look->window), text_too_long);
  g_signal_emit_by_name (text, "paste-clipboard");
  while (g_strcmp0 (fl_field_get_text (field), "") != 0)
    g_main_context_iteration (NULL, TRUE);
  fl_pose_settle ();
  g_assert_true (g_str_has_prefix (fl_field_get_error (field), "That is too long for an address"));

  /* It can be taken back, and the next letter ends it. */
  gtk_widget_activate_action (GTK_WIDGET (text), "text.undo", NULL);
  g_assert_cmpstr (fl_field_get_text (field), ==, "anna");
  g_assert_null (fl_field_get_error (field));
}

/* What a clipboard may hand over as UTF-8, and GTK passes on. */
static void
test_no_text (void)
{
  static const char * const texts[] = { "\xf8\x88\x80\x80\x80", "a\xff", "\xed\xa0\x80", "\xc3" };
  g_autoptr (FlLook) look = fl_look_new (fl_pose_new (FL_STEP_PASSWORD));
  FlField *field = fl_look_field (look, "Password");
  GtkEditable *text = gtk_editable_get_delegate (fl_field_get_entry (field));

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      int position = -1;

      fl_look_type (look, "Password", "abc");
      g_assert_null (fl_field_get_error (field));
      gtk_editable_insert_text (text, texts[i], -1, &position);
      g_assert_cmpstr (fl_field_get_text (field), ==, "abc");
      g_assert_cmpstr (fl_field_get_error (field), ==,
                       "That is no text, and nothing of it was taken. Copy it once more.");
    }
}

/* The longest and the strangest address that passes is shown on other pages too. */
static void
test_strange_addresses_fit (void)
{
  static const FlStep steps[] = {
    FL_STEP_PASSWORD, FL_STEP_CREATE_PASSWORD, FL_STEP_INBOX, FL_STEP_NEW_PASSWORD, FL_STEP_PASSWORD_AGAIN, FL_STEP_ACCOUNT,
  };
  g_autofree char *local = g_strnfill (64, 'm');
  g_autofree char *label = g_strnfill (63, 'w');
  g_autofree char *longest = g_strdup_printf ("%s@%s.%s.%s.%s", local, label, label, label, label);
  const char *addresses[] = { longest, "e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a@x", "שלום@עולם.example", "😀@x" };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (addresses); j++)
        {
          FlPose *pose = fl_pose_new (steps[i]);
          g_autoptr (FlLook) look = NULL;

          if (steps[i] == FL_STEP_INBOX)
            fl_pose_mail (pose, 40);
          fl_journey_set_address (pose->journey, addresses[j]);
          look = fl_look_new (pose);
          g_test_message ("step %s, address %u", fl_step_get_name (steps[i]), j);
          assert_laid_out (look);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  fl_ui_init ();

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_strdup_printf ("/bad-input/%s/%s", fl_step_get_name (places[i].step), places[i].label);

      g_test_add_data_func (path, &places[i], test_place);
    }
  g_test_add_func ("/bad-input/says-that-something-is-hidden", test_says_that_something_is_hidden);
  g_test_add_func ("/bad-input/password-with-hidden-ends", test_password_with_hidden_ends);
  g_test_add_func ("/bad-input/refusal-in-place-of-something", test_refusal_in_place_of_something);
  g_test_add_func ("/bad-input/no-text", test_no_text);
  g_test_add_func ("/bad-input/strange-addresses-fit", test_strange_addresses_fit);

  return g_test_run ();
}
