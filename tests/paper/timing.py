"""Table 4: seconds to decode a layer to float32 on one core, measured here; and what is predicted for a Cortex-A53."""
import re

from command import run
from figures import ROOT

BENCH = ROOT / "artifacts/linux-x64/weightless-bench"
ARM_LIBRARY = ROOT / "artifacts/linux-arm64/libweightless.so"
ROUNDS = 3
A53_HERTZ = 600e6
PREDICTED_BITS = 8  # the loop that the prediction is of is that of cells of at most so many bits


def decoding_seconds(files, tensor, weights):
    """Processor seconds by method, {method: .wls file}: of each the fastest decode, the methods taking turns."""
    times = max(2, min(50, 20_000_000 // weights))
    fastest = {}
    for _ in range(ROUNDS):
        for method, path in files.items():
            seconds = 1e-9 * float(run(BENCH, path, tensor, str(times)))
            fastest[method] = min(seconds, fastest.get(method, seconds))
    return fastest


def parse_cycles(text):
    """Predicted cycles a weight, from what bench/predict-a53 prints."""
    return float(re.search(r"([\d.]+) predicted cycles a weight", text)[1])


def predicted_a53_cycles():
    """What llvm-mca predicts for the coupled filter's float32 loop in the arm64 library."""
    return parse_cycles(run(ROOT / "bench/predict-a53", ARM_LIBRARY))
