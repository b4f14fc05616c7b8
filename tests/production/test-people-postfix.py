#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""deploy/invite and deploy/status with the real Postfix, as it is rendered for production: its log decides about a mail that was
under way when a run was killed, and says whose mail came back."""

import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from office import Office  # noqa: E402
from stack import Stack  # noqa: E402

import tap  # noqa: E402
from people import maillog  # noqa: E402
from people.welcome import Letters  # noqa: E402
from world import wait_for  # noqa: E402

COUNT = 150  # so many that none is killed too late


class Mail(Stack):
    def prepare(self):
        self.make_certificate()
        self.render()
        # person2 is nobody there
        answer = self.mail_server.answer
        self.mail_server.answer = lambda recipients, content: "550 5.1.1 no such user" if "person2@" in recipients[0] else answer(recipients, content)
        self.start_postfix()

    def arrived(self):
        return sorted(mail.read_bytes().splitlines()[0].split()[1].decode() for mail in self.mails.glob("*.eml")
                      if b"MAILER-DAEMON" not in mail.read_bytes())


def people(count):
    return "E-mail,First name,Last name\n" + "".join(f"person{number}@flexhrm.example,Åsa {number},Ek\n" for number in range(count))


@tap.case("killed after Postfix has taken a mail, the next run finds it in the log, and everybody gets one mail")
def check_kill(office, mail):
    path = office.file(people(COUNT))
    office.run("invite", path)
    process = office.start("invite", path, "--send")
    journal = pathlib.Path(f"{path}.journal")
    wait_for(lambda: '"mailing", "address": "person5@' in journal.read_text(), "the fifth mail")
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.stdout.close()
    office.run("invite", path, "--send")
    wanted = sorted(f"person{number}@flexhrm.example" for number in range(COUNT) if number != 2)
    wait_for(lambda: mail.arrived() == wanted, lambda: f"{wanted} to arrive; there are {mail.arrived()}")


@tap.case("a mail that Postfix has is known by its Message-ID, one that it has not is not")
def check_log(office, mail):
    run = office.folder.joinpath("people.csv.journal").read_text().split('"run": "')[1][:36]
    letters = Letters("it@flexhrm.example", "", "")
    names = {letters.message_id(run, f"person{number}@flexhrm.example") for number in range(COUNT)}
    other = letters.message_id(run, "nobody@flexhrm.example")
    assert maillog.find_taken(mail.folder / "postfix.log", names | {other}) == (names, set())


@tap.case("whose mail came back is told, with what the other server said")
def check_bounce(office, mail):
    wait_for(lambda: "status=bounced" in (mail.folder / "postfix.log").read_text(), "the mail to come back")
    said = office.run("status")
    assert "person2@flexhrm.example" in said and "mail bounced" in said and "no such user" in said, said
    assert said.count("flexhrm.example ") == 1, said


def main():
    with Mail() as mail, Office() as office:
        argv = office.argv

        def through_postfix(*words):
            return [str(mail.folder / "postfix.log") if word == str(office.mail_log) else
                    f"127.0.0.1:{mail.smtp_port}" if word == f"127.0.0.1:{office.post.port}" else word for word in argv(*words)]
        office.argv = through_postfix
        tap.run(office, mail)


if __name__ == "__main__":
    main()
