"""The program as syntax trees and tracked files, for the tests that hold the house in shape."""

import ast
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "crmlite"


@lru_cache(maxsize=1)
def trees() -> dict[str, ast.Module]:
    """Dotted module name -> syntax tree, for every module of the program."""
    return {
        module_name(path): ast.parse(path.read_text(), str(path)) for path in sorted(PACKAGE.rglob("*.py"))
    }


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(name: str) -> set[str]:
    """The modules that a module imports, ours by their full dotted name."""
    found: set[str] = set()
    for node in ast.walk(trees()[name]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in trees() else node.module)
    return found


def ours(name: str) -> set[str]:
    return {module for module in imports(name) if module.split(".")[0] == "crmlite" and module != "crmlite"}


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Every file under version control; without git (an unpacked archive) every file that would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        paths = [
            path for path in ROOT.rglob("*") if ".venv" not in path.parts and "__pycache__" not in path.parts
        ]
    return tuple(path for path in paths if path.is_file())


def templates() -> list[Path]:
    return sorted((PACKAGE / "partials").rglob("*.html"))
