# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator does to Kratos' database, on a real PostgreSQL: roles, retention, backup and restore."""

import os
import pathlib
import resource
import subprocess
import sys
import time

from stack import DEPLOY, Stack, program  # first: it knows where tap is
from tap import case, run

TABLES = pathlib.Path(__file__).resolve().parent / "engine-tables.sql"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
QUEUED, SENT, PROCESSING, ABANDONED = 1, 2, 3, 4


class Database(Stack):
    def prepare(self):
        self.age = program("age")
        self.render(CODE_MINUTES="30", MAIL_PORT="25")
        self.start_postgres(max_wal_size="256MB")
        self.make_tables()
        self.keys = [self.make_key(name) for name in ("key", "other-key")]

    def make_tables(self):
        self.run(*self.psql("kratos"), "-c", "SET ROLE kratos_owner", "--file", TABLES)

    def make_key(self, name):
        path = self.folder / name
        said = subprocess.run([program("age-keygen"), "-o", path], capture_output=True, text=True, check=True).stderr
        return path, said.split()[-1]

    def uri(self, role, database="kratos"):
        return f"postgres://{role}@/{database}?host={self.sockets}&port={self.database_port}"

    def try_as(self, role, statement, database="kratos"):
        return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.uri(role, database), "-c", statement],
                              capture_output=True, text=True)

    def do(self, name, *arguments, **more):
        return subprocess.run([DEPLOY / name, *map(str, arguments)], capture_output=True, text=True, env=self.environment, **more)

    def retain(self, minutes=30, days=14):
        return self.do("retention", self.uri("kratos"), minutes, days)

    def backup(self, folder, *more, key=0, database="kratos", **others):
        return self.do("backup", "--database", self.uri("kratos_backup", database), "--recipient", self.keys[key][1], *more, folder, **others)

    def restore(self, copy, key=0, database="kratos"):
        return self.do("restore", "--identity", self.keys[key][0], "--database", self.uri("kratos_owner", database), copy)

    def add_mail(self, status, age, body="012 345", count=1):
        """So many mails of that age, such as '3 minutes', with a dispatch each."""
        self.sql(f"""WITH mail AS (INSERT INTO courier_messages (id, type, status, body, subject, recipient, created_at, updated_at, template_data)
            SELECT gen_random_uuid (), 1, {status}, '{body}', 'subject', '{status} {age}', now () AT TIME ZONE 'UTC' - interval '{age}', now (), '{body}'
              FROM generate_series (1, {count}) RETURNING id)
            INSERT INTO courier_message_dispatches SELECT gen_random_uuid (), id, 'failed', NULL FROM mail""")

    def list_mails(self):
        lines = self.sql("SELECT recipient, status, body, template_data IS NULL FROM courier_messages ORDER BY 1").splitlines()
        return {name: (int(status), body, empty == "t") for name, status, body, empty in (line.split("|") for line in lines)}

    def add_people(self, count):
        self.sql(f"""INSERT INTO networks SELECT gen_random_uuid ();
            INSERT INTO identities SELECT gen_random_uuid (), 'employee', jsonb_build_object ('email', 'p' || n || '@flexhrm.example'), now (),
              (SELECT id FROM networks LIMIT 1) FROM generate_series (1, {count}) AS n;
            INSERT INTO identity_credentials SELECT gen_random_uuid (), '{{"totp_url": "otpauth://totp/x?secret={KEY}"}}', id FROM identities;
            INSERT INTO sessions SELECT gen_random_uuid (), id, 'ory_st_' || substr (id::text, 1, 30) FROM identities;
            INSERT INTO session_devices SELECT gen_random_uuid (), id FROM sessions;
            INSERT INTO selfservice_recovery_flows SELECT gen_random_uuid (), id FROM identities;
            INSERT INTO identity_recovery_codes SELECT gen_random_uuid (), '012345', id FROM selfservice_recovery_flows""")

    def people(self, database="kratos"):
        return self.sql("""SELECT count (*), md5 (string_agg (i::text || c::text, '' ORDER BY i.id))
            FROM identities AS i JOIN identity_credentials AS c ON c.identity_id = i.id""", database)

    def make_database(self, name):
        """Empty, for a restore, with the gates' table in it."""
        self.sql(f"CREATE DATABASE {name} OWNER kratos_owner TEMPLATE template0", "postgres")
        self.run(*self.psql(name), "--file", DEPLOY / "gate" / "store.sql")

    def copies(self, folder):
        return sorted(each.name for each in folder.iterdir())


@case("each role can do its work and no more; running it again changes nothing")
def roles(database):
    database.run(*database.psql("postgres"), "--file", DEPLOY / "postgresql" / "roles.sql")
    for role, statement in (
            ("kratos", "INSERT INTO networks VALUES (gen_random_uuid ()); UPDATE networks SET created_at = now (); DELETE FROM networks"),
            ("kratos_backup", "SELECT count (*) FROM identity_credentials"), ("kratos_owner", "CREATE TABLE mine (); DROP TABLE mine")):
        done = database.try_as(role, statement)
        assert done.returncode == 0, (role, done.stderr)
    for role, statement in (
            ("kratos", "DROP TABLE sessions"), ("kratos", "CREATE TABLE mine ()"), ("kratos", "TRUNCATE identities"), ("kratos", "SET ROLE kratos_owner"),
            ("kratos", "CREATE TEMPORARY TABLE mine ()"), ("kratos", "ALTER TABLE identities ADD mine text"), ("kratos", "CREATE ROLE mine"),
            ("kratos", "SELECT * FROM first_login_gate.mark"), ("first_login_gate", "SELECT * FROM identities"),
            ("kratos_backup", "DELETE FROM identities"), ("kratos_backup", "CREATE TABLE mine ()"), ("kratos_owner", "SELECT pg_read_file ('/etc/passwd')")):
        done = database.try_as(role, statement)
        assert done.returncode != 0 and ("permission denied" in done.stderr or "must be owner" in done.stderr), (role, statement, done.stderr)
    assert database.try_as("kratos", "SHOW statement_timeout").stdout.strip() == "30s"


@case("PostgreSQL knows every setting, and every line of who may come")
def settings(database):
    cluster = database.cluster
    kept = (cluster / "pg_hba.conf").read_bytes(), (cluster / "postgresql.auto.conf").read_bytes()
    try:
        database.run(*database.psql("postgres"), "--file", DEPLOY / "postgresql" / "settings.sql")
        (cluster / "pg_hba.conf").write_bytes((DEPLOY / "postgresql" / "pg_hba.conf").read_bytes())
        # what these views read is the files, before anybody is told to go by them
        # "could not be applied": needs a restart
        wrong = database.sql("SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL AND error <> 'setting could not be applied'", "postgres")
        rules = database.sql("SELECT type, array_to_string (database, ','), array_to_string (user_name, ','), auth_method, error FROM pg_hba_file_rules", "postgres").splitlines()
        listens, = database.sql("SELECT '[' || setting || ']' FROM pg_file_settings WHERE name = 'listen_addresses'", "postgres").splitlines()
    finally:
        (cluster / "pg_hba.conf").write_bytes(kept[0])
        (cluster / "postgresql.auto.conf").write_bytes(kept[1])
    assert wrong == "" and listens == "[]", (wrong, listens)
    assert rules == ["local|all|postgres|peer|", "local|kratos|kratos,kratos_backup,first_login_gate|peer|",
                     "local|kratos,kratos_rehearsal|kratos_owner|peer|"], rules


@case("what a courier left half done is sent, what is too late is not")
def mail(database):
    for status in (QUEUED, SENT, PROCESSING, ABANDONED):
        for age in ("1 minute", "27 minutes", "29 minutes"):
            database.add_mail(status, age)
    done = subprocess.run(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", database.uri("kratos"), "-f", database.find("mail.sql")],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = {name: status for name, (status, _, _) in database.list_mails().items()}
    assert found == {
        "1 1 minute": QUEUED, "1 27 minutes": QUEUED, "1 29 minutes": ABANDONED, "3 1 minute": QUEUED, "3 27 minutes": QUEUED,
        "3 29 minutes": ABANDONED, "2 1 minute": SENT, "2 27 minutes": SENT, "2 29 minutes": SENT,
        "4 1 minute": ABANDONED, "4 27 minutes": ABANDONED, "4 29 minutes": ABANDONED}, found
    database.sql("DELETE FROM courier_messages")


@case("codes leave the mails when they have run out, mails are forgotten after days, and what is waiting stays")
def retention(database):
    for status, age in ((SENT, "1 minute"), (SENT, "31 minutes"), (ABANDONED, "31 minutes"), (QUEUED, "31 minutes"), (PROCESSING, "31 minutes"),
                        (SENT, "13 days"), (SENT, "15 days"), (ABANDONED, "15 days"), (QUEUED, "15 days")):
        database.add_mail(status, age)
    done = database.retain()
    assert done.returncode == 0 and done.stderr == "", done
    assert done.stdout.splitlines() == ["texts taken out of mails: 5", "mails forgotten: 3"], done.stdout
    kept, gone = (False, "012 345"), (True, "")
    found = {name: (empty, body) for name, (_, body, empty) in database.list_mails().items()}
    assert found == {"2 1 minute": kept, "2 31 minutes": gone, "4 31 minutes": gone, "1 31 minutes": kept, "3 31 minutes": kept, "2 13 days": gone}, found
    assert database.sql("SELECT count (*) FROM courier_message_dispatches") == "6"
    assert database.retain().stdout.splitlines() == ["texts taken out of mails: 0", "mails forgotten: 0"]


@case("retention does more than a batch, and says when it cannot")
def batches(database):
    database.add_mail(SENT, "20 days", count=21000)
    done = database.retain()
    assert done.returncode == 0 and "mails forgotten: 21000" in done.stdout, done
    assert database.do("retention", database.uri("kratos"), "30 minutes", "14").returncode == 64
    assert database.do("retention", database.uri("kratos")).returncode == 64
    done = database.do("retention", database.uri("kratos", "nowhere"), 30, 14)
    assert done.returncode == 2 and "nowhere" in done.stderr and "forgotten" not in done.stdout
    # in the middle of its work, too
    database.add_mail(SENT, "20 days")
    database.sql("REVOKE DELETE ON courier_messages FROM kratos")
    done = database.retain()
    assert done.returncode not in (0, 64) and "permission denied" in done.stderr and "forgotten" not in done.stdout, done
    database.sql("GRANT DELETE ON courier_messages TO kratos; DELETE FROM courier_messages")


@case("a copy brings back every account and no session, code or mail; the gates' own table stays")
def round_trip(database):
    database.add_people(2000)
    database.add_mail(SENT, "1 minute", count=10)
    folder = database.own_folder("copies", "root")
    done = database.backup(folder)
    assert done.returncode == 0, done.stderr
    name, = database.copies(folder)
    copy = folder / name
    assert name.startswith("kratos-") and name.endswith(".dump.age") and copy.stat().st_mode & 0o777 == 0o600
    data = copy.read_bytes()
    assert data.startswith(b"age-encryption.org/v1") and KEY.encode() not in data and b"@flexhrm" not in data and b"PGDMP" not in data

    database.make_database("again")
    database.sql("INSERT INTO first_login_gate.mark (key, until) VALUES (sha256 ('x'), 1)", "again")
    done = database.restore(copy, database="again")
    assert done.returncode == 0 and done.stdout == "Restored: 2000 accounts\n", (done.stdout, done.stderr)
    assert database.people("again") == database.people() and database.people().startswith("2000|")
    for table in ("sessions", "session_devices", "selfservice_recovery_flows", "identity_recovery_codes", "courier_messages", "courier_message_dispatches"):
        assert database.sql(f"SELECT count (*) FROM {table}", "again") == "0", table
        assert database.sql(f"SELECT count (*) FROM {table}") != "0", table
    assert database.sql("SELECT count (*) FROM first_login_gate.mark", "again") == "1"
    # whole once more: what points at what
    done = database.try_as("kratos_owner", "DELETE FROM identities; SELECT count (*) FROM identity_credentials", "again")
    assert done.stdout.strip() == "0", done


@case("a wrong key, a copy cut short or changed, and a database that is not empty: nothing is restored")
def refused(database):
    folder = database.folder / "copies"
    copy = folder / database.copies(folder)[0]
    whole = copy.read_bytes()
    database.make_database("refused")

    def check(why, copy=copy, into="refused", **more):
        done = database.restore(copy, database=into, **more)
        assert done.returncode == 1 and done.stderr.splitlines()[-1] == f"Nothing was restored: {why}", (why, done)
        assert database.sql("SELECT count (*) FROM pg_class WHERE relnamespace = 'public'::regnamespace", "refused") == "0", why
    broken = "the key does not fit, or the copy is not whole"
    check(broken, key=1)
    other = database.folder / "broken.age"
    # at the end of a part of 64 KiB and elsewhere; a bit in the first, in the last
    for data in (whole[:-1], whole[:len(whole) // 2], whole[:-(len(whole) % 65552) or -65552], whole[:100], b"", whole + b"x",
                 whole[:300] + bytes([whole[300] ^ 1]) + whole[301:], whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:]):
        other.write_bytes(data)
        check(broken, copy=other)
    before = database.people()
    check("the database is not empty", into="kratos")
    assert database.people() == before
    check(f"{folder}/none: No such file or directory", copy=folder / "none")
    check("the database gives no answer", into="nowhere")


@case("a backup that fails leaves nothing, and no older copy goes")
def failing(database):
    folder = database.own_folder("failing", "root")
    old = folder / "kratos-20200101T000000Z.dump.age"
    old.write_bytes(b"old")
    os.utime(old, (0, time.time() - 40 * 86400))
    other = folder / "notes.txt"
    other.write_bytes(b"notes")
    os.utime(other, (0, 0))

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    for done in (database.backup(folder, "--days", 30, database="nowhere"), database.backup(folder, "--days", 30, preexec_fn=limit)):
        assert done.returncode == 1 and "There is no new copy" in done.stderr, done
        assert database.copies(folder) == [old.name, other.name], database.copies(folder)
    for arguments in (("--recipient", "", folder), ("--recipient", database.keys[0][0].read_text().split()[-1], folder)):
        done = database.do("backup", "--database", database.uri("kratos_backup"), *arguments)
        assert done.returncode == 2 and "BACKUP_RECIPIENT" in done.stderr, done
    done = database.backup(folder / "none")
    assert done.returncode == 1 and str(folder / "none") in done.stderr, done
    done = database.backup(folder, "--days", 30)
    assert done.returncode == 0, done.stderr
    assert len(database.copies(folder)) == 2 and old.name not in database.copies(folder) and other.exists()


with Database() as stack:
    run(stack)
