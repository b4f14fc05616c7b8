-- SPDX-License-Identifier: GPL-3.0-or-later
-- Settings of the whole PostgreSQL server, for one that does nothing else. Run once by its superuser, then restart it:
--
--     runuser -u postgres -- psql --set ON_ERROR_STOP=1 --file /usr/share/first-login/postgresql/settings.sql
--     systemctl restart postgresql

-- By the socket only. For clients on other computers: its own address here, and pg_hba.conf.
ALTER SYSTEM SET listen_addresses = '';

-- Each Kratos and each courier has at most 20 (max_conns in kratos.yaml), each gate a few; the rest is for people who look.
ALTER SYSTEM SET max_connections = 200;

-- For 4 GB; a quarter of the memory, and half of it as what the system keeps of files.
ALTER SYSTEM SET shared_buffers = '1GB';
ALTER SYSTEM SET effective_cache_size = '2GB';
ALTER SYSTEM SET max_wal_size = '2GB';
ALTER SYSTEM SET checkpoint_timeout = '15min';

-- What was answered is on the disk. It is the default: said here because a code that was redeemed must stay redeemed.
ALTER SYSTEM SET fsync = on;
ALTER SYSTEM SET synchronous_commit = on;

-- Rows live for an hour and are never updated: look at a table before a fifth of it is dead.
ALTER SYSTEM SET autovacuum_vacuum_scale_factor = 0.05;
ALTER SYSTEM SET autovacuum_vacuum_insert_scale_factor = 0.05;

-- Statements and their values hold codes, tokens and addresses: none of them goes into the log, not even one that failed.
ALTER SYSTEM SET log_statement = 'none';
ALTER SYSTEM SET log_min_duration_statement = -1;
ALTER SYSTEM SET log_min_error_statement = 'panic';
ALTER SYSTEM SET log_parameter_max_length_on_error = 0;

ALTER SYSTEM SET password_encryption = 'scram-sha-256';
ALTER SYSTEM SET ssl_min_protocol_version = 'TLSv1.2';
