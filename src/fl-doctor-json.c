/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "first-login"

#include "config.h"

#include "fl-doctor-json.h"

#include "fl-finding-sentence.h"
#include "fl-json-member.h"

/* What the doctor has found, for programs: the same as fl_doctor_report_text(), and with as little about a person. */

static void
add_check (JsonBuilder *builder,
           FlFinding   *finding,
           FlPolicy    *policy)
{
  g_autofree char *sentence = fl_finding_sentence_describe (finding, policy);
  const char * const *facts = fl_finding_get_facts (finding);

  json_builder_begin_object (builder);
  fl_json_member_add_string (builder, "check", fl_check_get_name (fl_finding_get_check (finding)));
  fl_json_member_add_string (builder, "verdict", fl_verdict_get_name (fl_finding_get_verdict (finding)));
  fl_json_member_add_string (builder, "cause", fl_finding_get_word (finding));
  fl_json_member_add_string (builder, "sentence", sentence);
  fl_json_member_add_string (builder, "next", fl_finding_sentence_get_next (finding));
  json_builder_set_member_name (builder, "facts");
  json_builder_begin_object (builder);
  for (gsize i = 0; facts[i] != NULL; i += 2)
    fl_json_member_add_string (builder, facts[i], facts[i + 1]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

/**
 * fl_doctor_json_new:
 * @doctor: a doctor that has examined
 *
 * Returns: (transfer full): all of it for programs, as docs/doctor.md describes it
 */
char *
fl_doctor_json_new (FlDoctor *doctor)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  fl_json_member_add_string (builder, "version", APP_VERSION);
  fl_json_member_add_string (builder, "verdict", fl_verdict_get_name (fl_doctor_get_verdict (doctor)));
  fl_json_member_add_string (builder, "server", fl_doctor_get_server (doctor));
  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (FlCheck check = 0; check < FL_N_CHECKS; check++)
    add_check (builder, fl_doctor_get_finding (doctor, check), fl_doctor_get_policy (doctor));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);

  return json_to_string (root, TRUE);
}
