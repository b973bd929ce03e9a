"""Runs a program for what it prints."""
import subprocess


def run(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        said = " ".join(result.stderr.split())
        raise RuntimeError(f"{command[0]}: exit code {result.returncode}: {said}")
    return result.stdout
