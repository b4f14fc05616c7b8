/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

int fl_doctor_way_run (char **arguments);
