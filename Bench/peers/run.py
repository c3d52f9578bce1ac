"""Bench/peers/run: one peer on one instance, one thread on one core, for CPU seconds; a JSON line with what our checker
says of the plan.

    Bench/peers/run --solver pyvrp --instance Data/bench/dispatch/lilim/lc103.txt --seconds 1
    Bench/peers/run --solver vroom --instance Data/bench/dispatch/lilim/lc103.txt --objective vehicles --variant 0
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import resource
import sys
from pathlib import Path

PACKAGES = {"pyvrp": "pyvrp", "ortools": "ortools", "vroom": "pyvroom"}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--solver", required=True, choices=PACKAGES)
    parser.add_argument("--instance", required=True, type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--objective", choices=["distance", "vehicles"], default="distance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", help="a setting of the solver; without it the first that fits the objective")
    parser.add_argument("--out", type=Path, help="write the plan here, as keruen dispatch check reads it")
    arguments = parser.parse_args()
    shim = os.environ["PEERS_VENV"] + "/cputime.so"
    if os.environ.get("LD_PRELOAD") != shim:
        os.environ["LD_PRELOAD"] = shim
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ[name] = "1"
        os.execv(sys.executable, [sys.executable, *sys.argv])
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    module = importlib.import_module("solve_" + arguments.solver)
    variant = arguments.variant or module.VARIANTS[arguments.objective][0]
    plan, used = module.solve(
        arguments.instance, arguments.seconds, arguments.objective, arguments.seed, variant)
    if arguments.out:
        arguments.out.write_text(json.dumps(plan))
    from instance import check

    verdict = check(arguments.instance, plan)
    print(
        json.dumps(
            {
                "solver": arguments.solver,
                "version": importlib.metadata.version(PACKAGES[arguments.solver]),
                "variant": variant,
                "instance": arguments.instance.stem,
                "objective": arguments.objective,
                "seed": arguments.seed,
                "seconds": arguments.seconds,
                "cpu_s": round(used, 3),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "feasible": verdict["feasible"],
                "vehicles": verdict["vehicles"],
                "distance": verdict["distance"],
                "cost": verdict["cost"],
                "unserved": verdict["unserved"],
                "violations": verdict["violations"][:3],
                "routes": plan["routes"],
            }
        )
    )


if __name__ == "__main__":
    main()
