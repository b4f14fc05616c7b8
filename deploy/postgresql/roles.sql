-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who may do what in PostgreSQL 15 or newer. Run once by its superuser, before Kratos' tables are made; running it again
-- changes nothing:
--
--     runuser -u postgres -- psql --set ON_ERROR_STOP=1 --file /usr/share/first-login/postgresql/roles.sql
--
-- The roles have no password: they sign in by the socket, as the users of their names. From another computer they come with
-- a certificate (pg_hba.conf).

SET client_min_messages = warning;

-- kratos_owner makes the tables, when it is asked to; kratos serves, and can neither make nor drop any; kratos_backup reads.
SELECT format ('CREATE ROLE %I LOGIN', name) FROM unnest (ARRAY['kratos_owner', 'kratos', 'kratos_backup']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = name)
\gexec
SELECT 'CREATE DATABASE kratos OWNER kratos_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'kratos')
\gexec

REVOKE TEMPORARY ON DATABASE kratos FROM PUBLIC;
GRANT pg_read_all_data TO kratos_backup;

-- Whoever asks has been answered, or has given up, long before: nginx waits 20 seconds.
ALTER ROLE kratos SET statement_timeout = '30s';
ALTER ROLE kratos SET lock_timeout = '10s';
ALTER ROLE kratos SET idle_in_transaction_session_timeout = '30s';

\connect kratos
-- The schema's CREATE is its owner's alone from PostgreSQL 15 on; in a database that has come from an older one it is not.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE kratos_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kratos;
ALTER DEFAULT PRIVILEGES FOR ROLE kratos_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO kratos;
