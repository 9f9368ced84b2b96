"""The plan of the house: what stands where, how large it may be, and what it must not do."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
FLOORS = ("schemas", "streams", "agents")
FOLDERS = {*FLOORS, "deploy", "tests"}
FILES = {"pyproject.toml", "README.md", "docker-compose.yml", "LICENSE", "CHANGELOG.md"}
PINNED = {"requirements.txt", "requirements-demo.txt", "requirements-test.txt"}
FILE_LINES_MAX, FILE_LINES_MEDIAN_MAX = 300, 100
FUNCTION_LINES_MAX, FUNCTION_LINES_MEDIAN_MAX = 50, 6
TEXT = {".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".json", ".sh", ".properties", ".ini", ".cfg", ""}
UNFINISHED = re.compile("|".join(rf"\b{word}\b" for word in ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")))
ELSEWHERE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(work|root|home)\b",  # a path of one machine
            *(rf"\b{name}\.(org|net|com|io)\b" for name in ("pypi", "pythonhosted", "npmjs", "crates", "debian")),
            r"\bmaven\.(org|apache)\b",
        ]
    )
)
# Time, chance, identity and the environment come into schemas and streams as values.
IMPURE = re.compile(
    r"datetime\.(datetime|date)\.(now|utcnow|today)|time\.(time|monotonic|perf_counter|sleep)(_ns)?|uuid\.uuid[14]"
    r"|random\.([a-z]\w*|SystemRandom)|secrets\.\w+|os\.(environ|getenv|urandom)(\..*)?|print|input|open"
)


class Module(NamedTuple):
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()


def modules(*folders: str) -> list[Module]:
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Module(path, text := path.read_text("utf-8"), ast.parse(text)) for path in paths]


def texts() -> Iterator[tuple[str, str]]:
    tops = [path for path in ROOT.iterdir() if path.is_file() and path.name in FILES | PINNED | {".gitignore"}]
    below = [path for folder in (*FOLDERS, ".ci") for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(tops + below):
        if path.suffix in TEXT and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def mentions(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Each function of a module with its lines of code: neither its docstring nor its decorators."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            first = node.body[0]
            docstring = ast.get_docstring(node) is not None and first.end_lineno
            described = docstring - first.lineno + 1 if docstring else 0
            yield f"{module.name}:{node.lineno}: {node.name}", node.end_lineno - node.lineno + 1 - described


def dotted(node: ast.expr, imported: dict[str, str]) -> str:
    """The full name of an expression such as `dt.now`, by what the module imported; empty for anything else."""
    if isinstance(node, ast.Name):
        return imported.get(node.id, node.id)
    if isinstance(node, ast.Attribute) and (owner := dotted(node.value, imported)):
        return f"{owner}.{node.attr}"
    return ""


def imports(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def impurities(tree: ast.Module) -> Iterator[tuple[int, str]]:
    imported = imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and IMPURE.fullmatch(name := dotted(node, imported)):
            yield node.lineno, name
        if isinstance(node, ast.Call) and not node.args and dotted(node.func, imported) == "random.Random":
            yield node.lineno, "random.Random without a seed"


def test_only_these_stand_at_the_top() -> None:
    present = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {"dist"}
    assert present == FOLDERS | FILES | PINNED


def test_no_file_is_too_large_to_read() -> None:
    sizes = {module.name: module.text.count("\n") for module in modules(*FOLDERS)}
    assert {name: lines for name, lines in sizes.items() if lines > FILE_LINES_MAX} == {}
    product = [lines for name, lines in sizes.items() if name.startswith(FLOORS) and lines]
    assert statistics.median(product) <= FILE_LINES_MEDIAN_MAX


def test_no_function_is_too_large_to_read() -> None:
    sizes = dict(size for module in modules(*FOLDERS) for size in functions(module))
    assert {name: lines for name, lines in sizes.items() if lines > FUNCTION_LINES_MAX} == {}
    product = [lines for name, lines in sizes.items() if name.startswith(FLOORS)]
    assert statistics.median(product) <= FUNCTION_LINES_MEDIAN_MAX


def test_time_chance_and_the_environment_come_in_as_values() -> None:
    found = [
        f"{module.name}:{line}: {name}"
        for module in modules("schemas", "streams")
        for line, name in impurities(module.tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import datetime\nx = datetime.now",
        "import time\ntime.time_ns()",
        "from uuid import uuid4 as new\nnew()",
        "import random\nrandom.shuffle([])",
        "import random\nrandom.Random()",
        "from os import environ\nenviron['X']",
        "print('x')",
    ],
)
def test_the_search_for_impurities_finds(code: str) -> None:
    assert list(impurities(ast.parse(code)))


def test_a_seeded_generator_is_a_value() -> None:
    assert list(impurities(ast.parse("import random\nrandom.Random(7).random()"))) == []


def test_nothing_is_left_unfinished() -> None:
    assert mentions(UNFINISHED) == []


def test_no_file_names_a_machine_or_a_package_host() -> None:
    assert mentions(ELSEWHERE) == []


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    mute = [
        module.name
        for module in modules(*FOLDERS)
        if module.text and not (ast.get_docstring(module.tree) or "").partition("\n\n")[0].endswith(".")
    ]
    assert mute == []


def test_each_folder_has_a_readme_that_names_its_modules_and_no_others() -> None:
    everywhere = {module.path.name for module in modules(*FOLDERS)}
    wrong = []
    for folder in sorted({module.path.parent for module in modules(*FLOORS)}):
        readme = folder / "README.md"
        named = set(re.findall(r"`(\w+\.py)`", readme.read_text("utf-8"))) if readme.exists() else set()
        own = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
        wrong += [f"{readme.relative_to(ROOT)} lacks {name}" for name in sorted(own - named)]
        wrong += [f"{readme.relative_to(ROOT)} names {name}, which is nowhere" for name in sorted(named - everywhere)]
    assert wrong == []


def test_the_arrows_between_modules_are_kept() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pinned = [line.removesuffix(" \\").split(";")[0].strip().split("==") for line in lines if re.match(r"\w", line)]
    return dict(pinned)


def asked() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    runtime = project["project"]["dependencies"]
    demo = [*runtime, *project["project"]["optional-dependencies"]["broker"], *project["dependency-groups"]["setup"]]
    test = [*demo, *(line for line in project["dependency-groups"]["test"] if isinstance(line, str))]
    return {"requirements.txt": runtime, "requirements-demo.txt": demo, "requirements-test.txt": test}


@pytest.mark.parametrize("name", sorted(PINNED))
def test_every_dependency_is_pinned_within_its_range(name: str) -> None:
    pinned = pins(name)
    wanted = [Requirement(line) for line in asked()[name]]
    assert [str(line) for line in wanted if not line.specifier.contains(pinned.get(line.name, "0"))] == []
    assert pinned.items() <= pins("requirements-test.txt").items()


@pytest.mark.parametrize("name", sorted(PINNED))
def test_requirements_hold_pins_and_hashes_alone(name: str) -> None:
    line = re.compile(r"#.*|[a-z][\w.-]*==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [text for text in (ROOT / name).read_text("utf-8").splitlines() if not line.fullmatch(text)] == []
