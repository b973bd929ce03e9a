"""The program `weightless`: where it is, and running it."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from .errors import Error

BUNDLED = Path(__file__).with_name("bin") / "weightless"


def program():
    """The path of the program: $WEIGHTLESS if that is set, the one in the wheel if there is one, or else that on the PATH."""
    chosen = os.environ.get("WEIGHTLESS") or (str(BUNDLED) if BUNDLED.is_file() else "weightless")
    found = shutil.which(chosen)
    if not found:
        raise Error(f"{chosen}: no such program; set $WEIGHTLESS to the path of `weightless`")
    return found


def run(command, path, *arguments):
    """Runs the program; returns what it printed."""
    path = os.path.abspath(path)  # a name that begins with - would be an option
    arguments = [os.path.abspath(argument) if isinstance(argument, Path) else str(argument) for argument in arguments]
    result = subprocess.run([program(), command, path, *arguments],
                            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        raise Error(last_line(result.stderr) or f"weightless {command}: exit code {result.returncode}")
    return result.stdout


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def main():
    """The command `weightless` that the wheel installs."""
    os.execv(BUNDLED, [str(BUNDLED), *sys.argv[1:]])
