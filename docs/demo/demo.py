# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A tour of the collection against a sandbox node. Run it with ./dev demo; it ends with 1 if a step is not as expected."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROJECT = "BIKE_RENTALS"
COMMAND = ("ansible-playbook", "-i", "localhost,", "dataiku_iac.dss.deploy", "-e", "config=bikes")
CHECK = ("--check", "--diff")
HEADING = re.compile(r"(PLAY|TASK) .*\*{3}$|included: ")


class Unexpected(Exception):
    """A step did not show what it should."""


class Terminal:
    """What the reader sees."""

    def __init__(self, everything: bool) -> None:
        self.everything = everything
        self.colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ

    def say(self, text: str = "", style: str = "") -> None:
        print(f"\033[{style}m{text}\033[0m" if style and self.colour else text, flush=True)

    def step(self, number: int, title: str, text: str = "") -> None:
        self.say(f"\n{number}. {title}", "1")
        for line in textwrap.wrap(text, 100):
            self.say(f"   {line}")
        self.say()

    def command(self, words: tuple[str, ...]) -> None:
        self.say(f"$ {shlex.join(words)}", "36")

    def output(self, line: str) -> None:
        """A line of Ansible; its headings only with --all."""
        plain = re.sub(r"\033\[[0-9;]*m", "", line)
        if self.everything or (plain and not HEADING.match(plain)):
            self.say(f"  {line}")


class Demo:
    """The node, the folder and the commands of one tour."""

    def __init__(self, folder: Path, terminal: Terminal) -> None:
        self.folder = folder
        self.terminal = terminal
        self.node: subprocess.Popen[str] | None = None
        self.environ = self._environ()

    def _environ(self) -> dict[str, str]:
        """The user's environment without settings for Ansible or DSS, and with this checkout as the collection."""
        environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ANSIBLE_", "DKU_")) or name in ("ANSIBLE_HOME", "ANSIBLE_LOCAL_TEMP")
        }
        link = self.folder / "ansible_collections" / "dataiku_iac" / "dss"
        link.parent.mkdir(parents=True)
        link.symlink_to(ROOT, target_is_directory=True)
        (self.folder / "ansible.cfg").touch()
        return {
            **environ,
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder),
            "ANSIBLE_DISPLAY_OK_HOSTS": "false",
            "ANSIBLE_FORCE_COLOR" if self.terminal.colour else "ANSIBLE_NOCOLOR": "true",
            "NO_PROXY": ",".join(filter(None, ("127.0.0.1", environ.get("NO_PROXY")))),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}",
        }

    def start_node(self) -> None:
        command = [sys.executable, "-m", "dss_sandbox", "--exit-with-parent"]
        environ = {**self.environ, "PYTHONPATH": str(ROOT / "roles" / "sandbox" / "files")}
        self.node = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
        ready = dict(part.split("=", 1) for part in self.node.stdout.readline().split())
        if not ready:
            raise Unexpected("the sandbox node did not start")
        self.environ.update(DKU_DSS_URL=ready["url"], DKU_API_KEY=ready["api_key"])

    def play(self, *options: str, expected: str, absent: str = "\0") -> None:
        self.run(*COMMAND, *options, expected=expected, absent=absent)

    def run(self, *command: str, expected: str, absent: str = "\0") -> None:
        """Run a command; its output must hold ``expected`` and nothing of ``absent``."""
        self.terminal.command(command)
        lines = []
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                for line in process.stdout:
                    lines.append(line)
                    self.terminal.output(line.rstrip("\n"))
            except BaseException:
                process.terminate()
                raise
        output = "".join(lines)
        if process.returncode or expected not in output or absent in output:
            raise Unexpected(f"the command ended with {process.returncode}; {expected!r} was expected")

    def change_by_hand(self) -> None:
        """What a colleague does in the user interface, with Dataiku's own client."""
        project = self.project()
        recipe = project.get_recipe("clean_rentals").get_settings()
        recipe.set_code(recipe.get_code().replace("LONGEST = 24 * 60", "LONGEST = 48 * 60"))
        recipe.save()
        scenario = project.get_scenario("nightly").get_settings()
        scenario.active = False
        scenario.save()
        dataset = project.get_dataset("station_totals").get_settings()
        dataset.get_raw()["shortDesc"] = "Ask Robin before you change it"
        dataset.save()

    def project(self) -> object:
        import dataikuapi

        os.environ["NO_PROXY"] = self.environ["NO_PROXY"]
        return dataikuapi.DSSClient(self.environ["DKU_DSS_URL"], self.environ["DKU_API_KEY"]).get_project(PROJECT)

    def stop(self) -> None:
        if self.node is None:
            return
        self.node.terminate()
        try:
            self.node.wait(5)
        except subprocess.TimeoutExpired:
            self.node.kill()
            self.node.wait()
        if self.node.stdout:
            self.node.stdout.close()


def tour(demo: Demo) -> None:
    say, step = demo.terminal.say, demo.terminal.step
    step(
        1,
        "A node and a project as code",
        "The node is a sandbox that answers the public API of DSS. The project is a copy of docs/demo/project.",
    )
    demo.start_node()
    shutil.copytree(HERE / "project", demo.folder / "bikes")
    say(f"$ cd {demo.folder}", "36")
    say(f"$ export DKU_DSS_URL={demo.environ['DKU_DSS_URL']} DKU_API_KEY={demo.environ['DKU_API_KEY']}", "36")
    demo.run("find", "bikes", "-type", "f", expected="bikes/project.yml")

    step(2, "Plan", "Check mode reads the node, prints the plan and changes nothing.")
    demo.play(*CHECK, expected="Plan: 9 to create, 0 to update, 0 to replace, 0 to delete.")

    step(3, "Apply")
    demo.play(expected="Plan: 9 to create, 0 to update, 0 to replace, 0 to delete.")

    step(4, "Plan again", "Nothing is left to do.")
    demo.play(*CHECK, expected="No changes. 9 objects are as declared.")

    step(5, "A colleague changes the node by hand")
    demo.change_by_hand()
    say("   recipe clean_rentals     a trip may now last 48 hours")
    say("   scenario nightly         switched off")
    say("   dataset station_totals   gets a short description, which the YAML does not declare")

    step(
        6,
        "The check sees it",
        "The short description belongs to the colleague: what is not declared is neither compared nor touched.",
    )
    demo.play(*CHECK, expected="Plan: 0 to create, 2 to update, 0 to replace, 0 to delete.", absent="Robin")

    step(7, "A run repairs it")
    demo.play(expected="Plan: 0 to create, 2 to update, 0 to replace, 0 to delete.")

    step(8, "Plan again", "The node is as declared, and the colleague's note is still there.")
    demo.play(*CHECK, expected="No changes. 9 objects are as declared.")
    note = demo.project().get_dataset("station_totals").get_settings().get_raw().get("shortDesc")
    if note != "Ask Robin before you change it":
        raise Unexpected(f"the note of the colleague is {note!r}")
    say(f"  short description of station_totals: {note}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev demo", description="A tour of the collection against a sandbox node.")
    parser.add_argument("--all", action="store_true", help="show the headings of Ansible as well")
    terminal = Terminal(parser.parse_args().all)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dss-demo-") as folder:
        demo = Demo(Path(folder), terminal)
        try:
            tour(demo)
        except Unexpected as error:
            terminal.say(f"\nThe demo stops here: {error}.", "31")
            return 1
        except KeyboardInterrupt:
            terminal.say("\nInterrupted.")
            return 130
        finally:
            demo.stop()
    terminal.say(f"\nDone in {time.monotonic() - began:.0f} s; the node and its folder are gone.", "32")
    return 0


if __name__ == "__main__":
    sys.exit(main())
