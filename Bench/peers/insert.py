"""Bench/peers/insert: what one new order costs the peers, put into a plan of all others: PyVRP from a warm start with one
iteration, VROOM with the routes given as `steps` at level 0. CPU of the search alone and with the building of the model;
each answer is judged by our checker.

    Bench/peers/insert --instance Data/bench/dispatch/lilim/lc1_10_3.txt --orders 20 --seconds 5
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def plan_of_ours(path, seconds):
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/plan.json"
        subprocess.run(
            [os.environ["KERUEN"], "dispatch", "solve", str(path), "--objective", "distance", "--seconds",
             str(seconds), "--out", out], check=True, capture_output=True)
        return json.loads(Path(out).read_text())["routes"]


def without(routes, pair):
    kept = [[task for task in route if task not in pair] for route in routes]
    return [route for route in kept if route]


def pyvrp_insert(instance, routes):
    import pyvrp
    from pyvrp import Activity, ActivityType, Route, Solution
    from pyvrp.stop import MaxIterations

    import solve_pyvrp

    begin = time.process_time()
    data = solve_pyvrp.lilim_data(instance)
    stops = {}
    for s, (p, d) in enumerate(instance.pairs):
        stops[p], stops[d] = Activity(ActivityType.PICKUP, s), Activity(ActivityType.DELIVERY, s)
    start = Solution(data, [Route(data, [stops[task] for task in route], 0) for route in routes])
    built = time.process_time()
    result = pyvrp.solve(data, MaxIterations(1), 1, collect_stats=False, display=False, initial_solution=start)
    return solve_pyvrp.plan(data, result.best), built - begin, time.process_time() - built


def vroom_insert(instance, routes):
    import solve_vroom

    begin = time.process_time()
    model = solve_vroom.problem(instance, steps=routes)
    built = time.process_time()
    solution = model.solve(exploration_level=0, nb_threads=1)
    return solve_vroom.plan(solution), built - begin, time.process_time() - built


def main():
    from instance import LiLim, check

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instance", type=Path, required=True)
    parser.add_argument("--orders", type=int, default=20, help="how many, each into the plan of all others")
    parser.add_argument("--seconds", type=float, default=5, help="CPU seconds for the plan they are put into")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    instance = LiLim(arguments.instance)
    routes = plan_of_ours(arguments.instance, arguments.seconds)
    chosen = random.Random(arguments.seed).sample(instance.pairs, min(arguments.orders, len(instance.pairs)))
    for name, insert in (("pyvrp", pyvrp_insert), ("vroom", vroom_insert)):
        builds, searches, solved, gaps, changed = [], [], 0, [], []
        full = check(arguments.instance, {"routes": routes})["distance"]
        for pair in chosen:
            given = without(routes, pair)
            plan, build, search = insert(instance, given)
            verdict = check(arguments.instance, plan)
            builds.append(1000 * build)
            searches.append(1000 * search)
            if verdict["feasible"]:
                solved += 1
                gaps.append(100 * (verdict["distance"] / full - 1))
                before = {tuple(route) for route in given}
                changed.append(sum(tuple(route) not in before for route in plan["routes"]))
        print(
            json.dumps(
                {
                    "solver": name, "instance": arguments.instance.stem, "shipments": len(instance.pairs),
                    "orders": len(chosen), "feasible": solved,
                    "search_ms_mean": round(statistics.mean(searches), 3),
                    "search_ms_max": round(max(searches), 3),
                    "build_ms_mean": round(statistics.mean(builds), 3),
                    "distance_percent_over_full_plan": round(statistics.mean(gaps), 4) if gaps else None,
                    "routes_changed_mean": round(statistics.mean(changed), 2) if changed else None,
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
