-- SPDX-License-Identifier: GPL-3.0-or-later
-- Those of Kratos v26.2.0's tables, and of their columns, that backups and retention are about.
CREATE TABLE networks (id uuid PRIMARY KEY, created_at timestamp NOT NULL DEFAULT now());
CREATE TABLE identities (
  id uuid PRIMARY KEY, schema_id varchar (2048) NOT NULL, traits jsonb NOT NULL, created_at timestamp NOT NULL,
  nid uuid REFERENCES networks ON DELETE CASCADE);
CREATE TABLE identity_credentials (
  id uuid PRIMARY KEY, config jsonb NOT NULL, identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE);
CREATE TABLE sessions (
  id uuid PRIMARY KEY, identity_id uuid NOT NULL REFERENCES identities ON DELETE CASCADE, token varchar (39) NOT NULL);
CREATE TABLE session_devices (id uuid PRIMARY KEY, session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE);
CREATE TABLE selfservice_recovery_flows (id uuid PRIMARY KEY, recovered_identity_id uuid REFERENCES identities ON DELETE CASCADE);
CREATE TABLE identity_recovery_codes (
  id uuid PRIMARY KEY, code varchar (64) NOT NULL,
  selfservice_recovery_flow_id uuid NOT NULL REFERENCES selfservice_recovery_flows ON DELETE CASCADE);
CREATE TABLE courier_messages (
  id uuid PRIMARY KEY, type integer NOT NULL, status integer NOT NULL, body text NOT NULL, subject varchar (255) NOT NULL,
  recipient varchar (255) NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  template_type varchar (255) NOT NULL DEFAULT '', template_data bytea, nid uuid REFERENCES networks ON DELETE CASCADE,
  send_count integer NOT NULL DEFAULT 0, channel varchar (32), request_headers jsonb);
CREATE INDEX courier_messages_status_id_idx ON courier_messages (status, id);
CREATE TABLE courier_message_dispatches (
  id uuid PRIMARY KEY, message_id uuid NOT NULL REFERENCES courier_messages ON DELETE CASCADE, status varchar (7) NOT NULL, error json);
CREATE INDEX courier_message_dispatches_message_id_idx ON courier_message_dispatches (message_id);
