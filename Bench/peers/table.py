"""Bench/peers/table: ours and the peers on a set of instances, each on one core for the same CPU seconds, every plan
judged by our checker, with gaps to the best known values. Of a peer's settings the best counts on each instance.

    Bench/peers/table --set lilim --runs keruen:1 pyvrp:1 vroom:1 ortools:1 pyvrp:30
    Bench/peers/table --set lilim --objective vehicles --runs keruen:10 pyvrp:10 vroom:10
    Bench/peers/table --set vrptw --runs keruen:10 pyvrp:10 --json
    Bench/peers/table --set lilim --only lc103 lrc107 --runs keruen:1 pyvrp:1

An instance that a run did not solve is left out of its means, and counted.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from instance import gap, geometric_mean

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "Data" / "bench" / "dispatch"
# Folder, ending, column of the best known value, and what is compared.
SETS = {
    "lilim": ("lilim", "txt", "lilim_bks.csv", "dist_distance", "distance"),
    "vrptw": ("VRPTW", "vrp", "vrptw_bks.csv", "bks_cost", "distance"),
    "hfvrp": ("HFVRP", "vrp", "hfvrp_bks.csv", "bks_cost", "cost"),
    "mtvrptwr": ("MTVRPTWR", "vrp", "mtvrptwr_bks.csv", "bks_distance", "distance"),
}
VARIANTS = {
    "pyvrp": {"distance": [None], "vehicles": ["fixed cost", "minimise fleet"]},
    "vroom": {"distance": ["0", "5"], "vehicles": ["0", "5"]},
    "ortools": {"distance": [None], "vehicles": [None]},
}


def ours(path, seconds, objective, seed, value):
    arguments = [os.environ["KERUEN"], "dispatch", "solve", str(path), "--seconds", str(seconds), "--seed", str(seed)]
    if value == "distance":
        arguments += ["--objective", objective]
    core = min(os.sched_getaffinity(0))
    done = subprocess.run(
        arguments + ["--json"], capture_output=True, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    told = json.loads(done.stdout)
    return {**told["plan"], "cpu_s": told["cpu_s"]}


def peer(solver, path, seconds, objective, seed, value):
    best = None
    for variant in VARIANTS[solver][objective]:
        arguments = [
            str(HERE / "run"), "--solver", solver, "--instance", str(path), "--seconds", str(seconds), "--objective",
            objective, "--seed", str(seed)]
        if variant is not None:
            arguments += ["--variant", variant]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr)
        told = json.loads(done.stdout)
        told.pop("routes")
        if best is None or rank(told, objective, value) < rank(best, objective, value):
            best = told
    return best


def rank(told, objective, value):
    return (not told["feasible"], told["vehicles"] if objective == "vehicles" else 0, told[value])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=SETS, default="lilim")
    parser.add_argument("--only", nargs="*", help="names of instances")
    parser.add_argument("--runs", nargs="+", default=["keruen:1", "pyvrp:1"], help="SOLVER:SECONDS, ours is keruen")
    parser.add_argument("--objective", choices=["distance", "vehicles"], default="distance")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1], help="the median of these counts")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder, ending, table, column, value = SETS[arguments.set]
    if arguments.objective == "vehicles" and arguments.set != "lilim":
        parser.error("best known numbers of vehicles are there for lilim only")
    counts = arguments.objective == "vehicles"
    with open(DATA / table) as file:
        rows = [row for row in csv.DictReader(file) if not arguments.only or row["instance"] in arguments.only]
    runs = [(name, float(seconds)) for name, seconds in (run.split(":") for run in arguments.runs)]
    results = []
    for row in rows:
        path = DATA / folder / f"{row['instance']}.{ending}"
        known = float(row["hier_vehicles"] if counts else row[column])
        told = {}
        for run, (name, seconds) in zip(arguments.runs, runs):
            each = []
            for seed in arguments.seeds:
                if name == "keruen":
                    each.append(ours(path, seconds, arguments.objective, seed, value))
                else:
                    each.append(peer(name, path, seconds, arguments.objective, seed, value))
            each.sort(key=lambda one: rank(one, arguments.objective, value))
            middle = each[(len(each) - 1) // 2]
            found = middle["vehicles"] if counts else middle[value]
            told[run] = {
                "value": found if middle["feasible"] else None,
                "gap": (found - known if counts else gap(found, known)) if middle["feasible"] else None,
                "vehicles": middle["vehicles"], "distance": middle["distance"], "cpu_s": middle["cpu_s"],
                "feasible": middle["feasible"],
            }
        results.append({"instance": row["instance"], "best_known": known, "runs": told})
        if not arguments.json:
            show(results[-1], counts)
    summary = {run: summed(results, run, counts) for run in arguments.runs}
    if arguments.json:
        json.dump(
            {"set": arguments.set, "objective": arguments.objective, "seeds": arguments.seeds, "instances": results,
             "summary": summary}, sys.stdout, indent=1)
        print()
        return
    for run, one in summary.items():
        if counts:
            print(f"{run:12} {one['above']:+.0f} vehicles above best known, {one['solved']} of {len(results)} solved")
        elif one["solved"]:
            print(
                f"{run:12} mean {one['mean']:+.3f} %, worst {one['worst']:+.3f} %, geometric mean of value to best "
                f"known {one['ratio']:.5f}, {one['solved']} of {len(results)} solved, most CPU {one['cpu_s']:.2f} s")
        else:
            print(f"{run:12} solved none")
    first = arguments.runs[0]
    for run in arguments.runs[1:]:
        both = [one["runs"] for one in results if one["runs"][first]["feasible"] and one["runs"][run]["feasible"]]
        if not both:
            continue
        mine = sum(max(one[first]["gap"], 0) for one in both)
        theirs = sum(max(one[run]["gap"], 0) for one in both)
        if theirs > 0:
            print(f"{first} to {run}: {mine / theirs:.3f} x the gap, on {len(both)} that both solved")


def show(result, counts):
    line = f"{result['instance']:14} {result['best_known']:12.3f}"
    for run, one in result["runs"].items():
        if one["feasible"]:
            line += f"  {run} {one['value']:.0f} {one['gap']:+.0f}" if counts else (
                f"  {run} {one['value']:.3f} {one['gap']:+.3f} %")
        else:
            line += f"  {run} not solved"
    print(line, flush=True)


def summed(results, run, counts):
    solved = [one["runs"][run] for one in results if one["runs"][run]["feasible"]]
    summary = {"solved": len(solved)}
    if not solved:
        return {**summary, "above": 0}
    gaps = [one["gap"] for one in solved]
    summary["cpu_s"] = max(one["cpu_s"] for one in solved)
    if counts:
        return {**summary, "above": sum(gaps)}
    ratio = geometric_mean([1 + one / 100 for one in gaps])
    return {**summary, "mean": statistics.mean(gaps), "worst": max(gaps), "ratio": ratio}


if __name__ == "__main__":
    main()
