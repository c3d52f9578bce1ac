"""Instances as the peers take them: integers, distances scaled and rounded up, so that what a peer calls feasible is."""

import json
import math
import os
import subprocess
import tempfile
from pathlib import Path

SCALE = 1000
"""A benchmark's unit in the integers given to peers; at most a thousandth of a unit is lost on an arc."""

FIXED_COST = 10**9
"""For a vehicle, where fewest vehicles come first: far above any distance."""


class LiLim:
    """A Li and Lim instance; task 0 is the depot."""

    def __init__(self, path):
        rows = [[float(word) for word in line.split()] for line in Path(path).read_text().splitlines() if line.strip()]
        self.vehicles, self.capacity = int(rows[0][0]), int(rows[0][1])
        self.tasks = [row for row in rows[1:]]
        self.xy = [(row[1], row[2]) for row in self.tasks]
        self.demand = [int(row[3]) for row in self.tasks]
        self.ready = [round(row[4] * SCALE) for row in self.tasks]
        self.due = [round(row[5] * SCALE) for row in self.tasks]
        self.service = [round(row[6] * SCALE) for row in self.tasks]
        self.pairs = [(int(row[0]), int(row[8])) for row in self.tasks[1:] if int(row[7]) == 0]

    def matrix(self):
        import numpy

        points = numpy.array(self.xy)
        difference = points[:, None, :] - points[None, :, :]
        distance = numpy.sqrt((difference**2).sum(axis=2)) * SCALE
        # Not up from a whole number that was missed by its last digit.
        return numpy.ceil(distance - 1e-7).astype(numpy.int64)


def is_lilim(path):
    return Path(path).suffix == ".txt"


def check(path, plan, objective=None):
    """What our checker says of a plan: {"routes": ...}."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(plan, file)
    try:
        arguments = [os.environ["KERUEN"], "dispatch", "check", str(path), file.name, "--json"]
        if objective == "vehicles":
            arguments += ["--objective", "vehicles"]
        environment = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)
    finally:
        os.unlink(file.name)


def gap(value, best):
    return 100 * (value / best - 1)


def geometric_mean(values):
    return math.exp(sum(math.log(value) for value in values) / len(values))
