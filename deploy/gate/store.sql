-- SPDX-License-Identifier: GPL-3.0-or-later
-- What several first-login-gates know together: one table, in the database that Kratos has anyway or in one of its own.
--
--     psql --set ON_ERROR_STOP=1 --dbname kratos --file store.sql
--
-- run once, by a role that may create roles and schemas; running it again changes nothing. The role gets no password here:
-- by default it signs in over the Unix socket as the system user of its name (peer), or give it one with \password and keep
-- that in the gate's passfile.
--
-- CockroachDB (from its documentation, not run): create the role by CREATE USER first_login_gate, leave out what stands
-- between the two lines "PostgreSQL only", and run the rest.

-- PostgreSQL only
SELECT 'CREATE ROLE first_login_gate LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'first_login_gate')
\gexec
-- A count is not worth waiting for the disk: a server that crashes forgets those of the last moment (three times
-- wal_writer_delay, 0.6 s), and never more.
ALTER ROLE first_login_gate SET synchronous_commit = off;
-- PostgreSQL only

CREATE SCHEMA IF NOT EXISTS first_login_gate;

-- A row is a counter, something that was used up, or a digest remembered under another one. Keys and values are
-- HMAC-SHA256 under the gates' key: nobody reads an address, a token, a flow or a network out of it.
CREATE TABLE IF NOT EXISTS first_login_gate.mark (
  key   bytea  PRIMARY KEY,
  until bigint NOT NULL,  -- microseconds of Unix time: when the row stops mattering
  step  bigint,           -- of a counter: microseconds until one has come back
  span  bigint,           -- of a counter: microseconds until all have
  value bytea,
  CHECK (length (key) = 32 AND (value IS NULL OR length (value) = 32))
);
CREATE INDEX IF NOT EXISTS mark_until ON first_login_gate.mark (until);

GRANT USAGE ON SCHEMA first_login_gate TO first_login_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON first_login_gate.mark TO first_login_gate;

-- PostgreSQL only
-- Rows live for minutes: vacuum often, while there is little to do.
ALTER TABLE first_login_gate.mark SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- PostgreSQL only
