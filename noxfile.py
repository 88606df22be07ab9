# Copyright: (c) 2026, Dataiku IaC contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions of ./dev test, fastest first. ./dev prepares their environment; nox only runs them.

Those with the tag ``alone`` use one core; ./dev runs them side by side, after the others.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import nox

ROOT = Path(__file__).parent
COLLECTION = "dataiku_iac.dss"
OLDEST_CLIENT = "14.3.0"
PACKAGE = "ansible_collections/dataiku_iac/dss"

if "DSS_DEV_SCRATCH" not in os.environ and not {"-l", "--list", "--list-sessions"} & {*sys.argv}:
    sys.exit("Run the sessions with ./dev test: it installs the tools and sets the environment.")
CACHE = Path(os.environ.get("DSS_DEV_CACHE", ""))
SCRATCH = Path(os.environ.get("DSS_DEV_SCRATCH", ""))

Function = Callable[[nox.Session], None]


def session(name: str, *tags: str) -> Callable[[Function], Function]:
    return nox.session(name=name, tags=tags, venv_backend="none")


def tracked() -> list[str]:
    """The files that git has or would add."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [name for name in names if (ROOT / name).is_file()]


def build(session: nox.Session) -> Path:
    session.run("ansible-galaxy", "collection", "build", "--force", "--output-path", str(SCRATCH), silent=True)
    return next(SCRATCH.glob("dataiku_iac-dss-*.tar.gz"))


@session("ruff", "lint")
def ruff(session: nox.Session) -> None:
    session.run("ruff", "check", "--no-cache", ".")
    session.run("ruff", "format", "--check", "--no-cache", ".")


@session("yamllint", "lint")
def yamllint(session: nox.Session) -> None:
    session.run("yamllint", "--strict", *(name for name in tracked() if name.endswith((".yml", ".yaml"))))


@session("changelog", "lint")
def changelog(session: nox.Session) -> None:
    session.run("antsibull-changelog", "lint")


def pytest_session(name: str, what: str, folder: str = "") -> None:
    folder = f"tests/{folder or name}"

    def run(session: nox.Session) -> None:
        if not any(Path(folder).rglob("test_*.py")):
            session.skip(f"{folder} holds no tests yet")
        session.run("pytest", "--numprocesses=auto", f"--junitxml={SCRATCH / name}.xml", folder)

    run.__doc__ = what
    session(name)(run)


pytest_session("unit", "The engine, without a node.")
pytest_session("contract", "The sandbox node keeps what the DSS reference says.")
pytest_session("fields", "Each field of each kind: applied, changed, applied, and never a difference that is none.")
pytest_session("corpus", "Real DSS projects through load, compare and export.")
pytest_session("examples", "The examples of the documentation are valid.", folder="docs")


@session("oldest-client")
def oldest_client(session: nox.Session) -> None:
    """The contract again, with the oldest client that is supported."""
    target = CACHE / f"client-{OLDEST_CLIENT}"
    if not (target / "dataikuapi").is_dir():
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--target", str(target)]
        session.run("python", "-m", "pip", "install", *options, f"dataiku-api-client=={OLDEST_CLIENT}", silent=True)
    report = f"--junitxml={SCRATCH / 'oldest-client'}.xml"
    session.run("pytest", "--numprocesses=auto", report, "tests/contract", env={"PYTHONPATH": str(target)})


@session("mypy", "lint", "alone")
def mypy(session: nox.Session) -> None:
    options = ["--config-file", str(ROOT / "mypy.ini"), "--cache-dir", str(ROOT / ".mypy_cache")]
    with session.chdir(CACHE):
        session.run("mypy", *options, "--package", f"{PACKAGE.replace('/', '.')}.plugins")
    with session.chdir("roles/sandbox/files"):
        session.run("mypy", *options, "--package", "dss_sandbox")


@session("docs", "lint", "alone")
def docs(session: nox.Session) -> None:
    options = ["--plugin-docs", "--validate-collection-refs", "self", "--check-extra-docs-refs"]
    session.run("antsibull-docs", "lint-collection-docs", *options, ".")


@session("build", "alone")
def build_and_install(session: nox.Session) -> None:
    """The collection builds, holds nothing that git ignores, installs, and Ansible finds its modules."""
    tarball = build(session)
    with tarfile.open(tarball) as archive:
        extra = {member.name for member in archive if member.isfile()} - {*tracked(), "MANIFEST.json", "FILES.json"}
    if extra:
        session.error(f"build_ignore in galaxy.yml misses {', '.join(sorted(extra))}")
    target = SCRATCH / "installed"
    session.run("ansible-galaxy", "collection", "install", str(tarball), "--collections-path", str(target), silent=True)
    modules = [f"{COLLECTION}.{path.stem}" for path in ROOT.glob("plugins/modules/*.py") if path.stem != "__init__"]
    if not modules:
        session.skip("plugins/modules holds no modules yet")
    env = {"ANSIBLE_COLLECTIONS_PATH": str(target)}
    session.run("ansible-doc", "--type", "module", "--json", *modules, env=env, silent=True)


pytest_session("playbooks", "Playbooks as a user runs them, against a sandbox node.")
pytest_session("reliability", "Runs that are killed at any point, and calls that fail: nothing is lost.")


@session("molecule", "alone")
def molecule(session: nox.Session) -> None:
    """The roles, twice, and what they leave behind."""
    session.run("molecule", "test", "--all")


@session("ansible-lint", "lint", "alone")
def ansible_lint(session: nox.Session) -> None:
    """After molecule, since galaxy-importer uses the same cache for its own lint in the meantime."""
    session.run("ansible-lint")


@session("galaxy-importer", "alone")
def galaxy_importer(session: nox.Session) -> None:
    """Galaxy takes the tarball without a warning."""
    config = SCRATCH / "galaxy-importer.cfg"
    config.write_text("[galaxy-importer]\nCHECK_REQUIRED_TAGS = True\nCHECK_CHANGELOG = True\n")
    tools = ROOT / ".venv-import/bin"
    env = {"GALAXY_IMPORTER_CONFIG": str(config), "PATH": f"{tools}:{os.environ['PATH']}"}
    command = [str(tools / "python"), "-m", "galaxy_importer.main", str(build(session))]
    with session.chdir(SCRATCH):
        log = session.run(*command, env=env, silent=True)
    session.log(log)
    if re.search("^(WARNING|ERROR):", log, re.MULTILINE):
        session.error("galaxy-importer lets this pass, the project does not")


@session("sanity", "alone")
def sanity(session: nox.Session) -> None:
    """ansible-test, on a copy (it refuses links and other folders) and with a home of its own."""
    python = session.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])", silent=True).strip()
    home = CACHE / "home"
    bootstrap_pip(home / ".ansible/test/cache")
    for name in (".config", ".pip", "Library"):  # the user's settings of pip
        settings = Path(os.environ["DSS_DEV_HOME"], name)
        if settings.exists() and not (home / name).exists():
            (home / name).symlink_to(settings)
    tree = SCRATCH / "sanity" / PACKAGE
    for name in tracked():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes((ROOT / name).read_bytes())
        (tree / name).chmod((ROOT / name).stat().st_mode)
    command = ["ansible-test", "sanity", "--local", "--python", python, "--color", "no"]
    with session.chdir(tree):
        session.run(*command, env={"HOME": str(home)}, silent=True)


def bootstrap_pip(cache: Path) -> None:
    """ansible-test fetches a script that installs pip; this one, in its cache, does so without the network."""
    requirements = next(ROOT.glob(".venv/lib/python*/site-packages/ansible_test/_internal/python_requirements.py"))
    version = re.search(r"pip='([0-9.]+)'", requirements.read_text())[1].replace(".", "_")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / f"get_pip_{version}.py").write_text(
        "import subprocess, sys\n"
        "subprocess.check_call([sys.executable, '-m', 'ensurepip'], stdout=subprocess.DEVNULL)\n"
        "wanted = [word for word in sys.argv[1:] if not word.startswith('--no-')]\n"
        "sys.exit(subprocess.call([sys.executable, '-m', 'pip', 'install', '--quiet', *wanted]))\n"
    )
