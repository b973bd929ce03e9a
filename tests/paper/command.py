"""Runs a program for what it prints."""
import subprocess


def run(*command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if result.returncode != 0:
        lines = result.stderr.split("\n")
        raise RuntimeError(f"{command[0]}: exit code {result.returncode}: {' '.join(line.strip() for line in lines if line.strip())}")
    return result.stdout
