# SPDX-License-Identifier: GPL-3.0-or-later
"""What deploy/invite, deploy/helpdesk and deploy/status share. One file, one concern; the standard library only."""
