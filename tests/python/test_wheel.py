"""Tests of the wheels that `make wheel` made, of which this machine's is installed here: tests/python/run"""
import base64
import csv
import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

import weightless

ROOT = Path(__file__).resolve().parents[2]
MACHINES = {"x86_64": ("linux-x64", 62), "aarch64": ("linux-arm64", 183)}  # the ELF format's numbers


def wheel(machine):
    found, = ROOT.joinpath("python/dist").glob(f"weightless-*_{machine}.whl")
    return found


def made_again(machine, folder, date):
    """The same wheel, made once more."""
    version, glibc = wheel(machine).name.split("-")[1], wheel(machine).name.split("manylinux_")[1].partition("_" + machine)[0]
    program = [ROOT / "artifacts/bin/weightless"] if machine == "x86_64" else []
    subprocess.run([sys.executable, ROOT / "python/wheel.py", machine, version, glibc.replace("_", "."),
                    ROOT / "artifacts" / MACHINES[machine][0] / "libweightless.so", folder, *program],
                   check=True, env=os.environ | {"SOURCE_DATE_EPOCH": date})
    return Path(folder, wheel(machine).name)


class WheelTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_what_is_tested_here_is_what_pip_installed(self):
        package = Path(weightless.__file__).parent
        self.assertTrue(package.is_relative_to(sys.prefix), package)
        self.assertNotEqual(sys.prefix, sys.base_prefix)
        with zipfile.ZipFile(wheel("x86_64")) as archive:
            for entry in archive.infolist():
                if entry.filename.startswith("weightless/"):
                    self.assertEqual(package.parent.joinpath(entry.filename).read_bytes(), archive.read(entry), entry.filename)

    def test_structures_are_those_of_the_header(self):
        names = {"wl_model": weightless.library.Model, "wl_tensor": weightless.library.Tensor}
        fields = [(name, *field[:1]) for name, structure in names.items() for field in structure._fields_]
        source, program = self.folder / "sizes.c", self.folder / "sizes"
        source.write_text("#include <stdio.h>\n#include <weightless.h>\nint main(void) {\n" + "".join(
            [f'printf("%zu\\n", sizeof({name}));\n' for name in names] +
            [f'printf("%zu\\n", offsetof({name}, {field}));\n' for name, field in fields if field != "opaque"]) + "}\n")
        subprocess.run(["cc", "-I", ROOT / "include", "-include", "stddef.h", "-o", program, source], check=True)
        theirs = [int(line) for line in subprocess.run([program], capture_output=True, check=True).stdout.split()]
        ours = [ctypes.sizeof(structure) for structure in names.values()]
        ours += [getattr(names[name], field).offset for name, field in fields if field != "opaque"]
        self.assertEqual(theirs, ours)

    def test_every_file_is_recorded(self):
        for machine in MACHINES:
            with zipfile.ZipFile(wheel(machine)) as archive:
                record, = (name for name in archive.namelist() if name.endswith("/RECORD"))
                rows = {name: (digest, size) for name, digest, size in csv.reader(archive.read(record).decode().splitlines())}
                self.assertEqual(sorted(rows), sorted(archive.namelist()))
                for name, (digest, size) in rows.items():
                    if name == record:
                        continue
                    data = archive.read(name)
                    encoded = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
                    self.assertEqual((digest, size), (f"sha256={encoded}", str(len(data))), name)

    def test_the_same_inputs_give_the_same_bytes(self):
        for machine in MACHINES:
            first, again, younger = (made_again(machine, self.folder / name, date).read_bytes()
                                     for name, date in (("first", "0"), ("again", "0"), ("younger", "1700000000")))
            self.assertEqual(first, wheel(machine).read_bytes())
            self.assertEqual(first, again)
            self.assertNotEqual(first, younger)

    def test_pip_takes_each_for_its_machine_and_no_other(self):
        for machine, (folder, elf) in MACHINES.items():
            for other in MACHINES:
                target = self.folder / machine / other
                result = subprocess.run(
                    [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
                     "--only-binary=:all:", f"--platform=manylinux_2_27_{other}", "--target", target, wheel(machine)],
                    capture_output=True, text=True)
                self.assertEqual(result.returncode == 0, machine == other, result.stderr)
            library = self.folder.joinpath(machine, machine, "weightless/libweightless.so").read_bytes()
            self.assertEqual(library, ROOT.joinpath("artifacts", folder, "libweightless.so").read_bytes())
            self.assertEqual(int.from_bytes(library[18:20], "little"), elf)

    def test_its_command_is_the_program(self):
        command = Path(sys.executable).with_name("weightless")
        said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
        self.assertIn(wheel("x86_64").name.split("-")[1], said)
        failed = subprocess.run([command, "inspect", self.folder / "missing.wls"], capture_output=True, text=True)
        self.assertEqual((failed.returncode, failed.stderr.count("\n")), (1, 1))


if __name__ == "__main__":
    unittest.main()
