#!/usr/bin/python3
"""Makes a wheel of python/weightless around a built library.

    wheel.py MACHINE VERSION GLIBC LIBRARY OUTPUT_FOLDER [PROGRAM]

MACHINE is x86_64 or aarch64, VERSION that of the library, GLIBC the oldest one that LIBRARY and PROGRAM load with. PROGRAM is
`weightless`; without it the wheel decodes, and encodes where that is on the PATH. The same inputs make the same bytes: files are as old
as $SOURCE_DATE_EPOCH says. A wheel is a zip file, so nothing but Python is needed:
https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""
import base64
import hashlib
import os
import sys
import time
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).resolve().with_name("weightless")
FIRST_DATE = 315532800  # of zip files: 1980
EXECUTABLE, PLAIN = 0o100755, 0o100644

METADATA = """\
Metadata-Version: 2.1
Name: weightless
Version: {version}
Summary: Trained neural networks in as few bytes as can be: .wls files for NumPy and PyTorch
License: MIT
Requires-Python: >=3.8
Requires-Dist: numpy
Provides-Extra: torch
Requires-Dist: torch; extra == "torch"
"""
WHEEL = """\
Wheel-Version: 1.0
Generator: weightless
Root-Is-Purelib: false
Tag: {tag}
"""
COMMAND = """\
[console_scripts]
weightless = weightless.program:main
"""


def contents(tag, version, library, program):
    """What is in the wheel: {name: (mode, bytes)}."""
    files = {f"weightless/{path.name}": (PLAIN, path.read_bytes()) for path in sorted(PACKAGE.glob("*.py"))}
    files["weightless/libweightless.so"] = EXECUTABLE, Path(library).read_bytes()
    about = f"weightless-{version}.dist-info"
    texts = {"METADATA": METADATA.format(version=version), "WHEEL": WHEEL.format(tag=tag)}
    if program:
        files["weightless/bin/weightless"] = EXECUTABLE, Path(program).read_bytes()
        texts["entry_points.txt"] = COMMAND
    files |= {f"{about}/{name}": (PLAIN, text.encode()) for name, text in texts.items()}
    files[f"{about}/LICENSE"] = PLAIN, PACKAGE.parents[1].joinpath("LICENSE").read_bytes()
    record = "".join(f"{name},{digest(data)},{len(data)}\n" for name, (_, data) in files.items())
    files[f"{about}/RECORD"] = PLAIN, f"{record}{about}/RECORD,,\n".encode()
    return files


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def write(path, files):
    date = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", 0)), FIRST_DATE))[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, (mode, data) in files.items():
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = mode << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)


def main():
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    machine, version, glibc, library, folder = sys.argv[1:6]
    tag = f"py3-none-manylinux_{glibc.replace('.', '_')}_{machine}"
    path = Path(folder, f"weightless-{version}-{tag}.whl")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    write(unfinished, contents(tag, version, library, *sys.argv[6:] or [None]))
    unfinished.replace(path)


main()
