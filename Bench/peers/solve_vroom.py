"""VROOM on pickup and delivery. Levels of exploration run several searches one after another on the one thread."""

import time
from datetime import timedelta

import vroom

from instance import LiLim

VARIANTS = {"distance": ["0", "5"], "vehicles": ["0", "5"]}
FIXED_COST = 1_000_000


def problem(instance, fixed_cost=0, steps=None, without=()):
    """`steps`: the tasks of the vehicles, in order, that each has already."""
    model = vroom.Input()
    model.set_durations_matrix("car", instance.matrix().astype("uint32"))
    for k in range(instance.vehicles):
        given = []
        for task in steps[k] if steps and k < len(steps) else []:
            kind = vroom.VehicleStepPickup if instance.demand[task] > 0 else vroom.VehicleStepDelivery
            given.append(kind(task))
        if given:
            given = [vroom.VehicleStepStart(), *given, vroom.VehicleStepEnd()]
        model.add_vehicle(
            vroom.Vehicle(
                k + 1, start=0, end=0, capacity=[instance.capacity],
                time_window=vroom.TimeWindow(instance.ready[0], instance.due[0]),
                costs=vroom.VehicleCosts(fixed=fixed_cost), steps=given,
            )
        )
    for p, d in instance.pairs:
        if p in without:
            continue
        step = [
            vroom.ShipmentStep(
                i, location=i, default_service=instance.service[i],
                time_windows=[vroom.TimeWindow(instance.ready[i], instance.due[i])],
            )
            for i in (p, d)
        ]
        model.add_job(vroom.Shipment(step[0], step[1], amount=vroom.Amount([instance.demand[p]])))
    return model


def plan(solution):
    routes = {}
    table = solution.routes
    for vehicle, kind, task in zip(table["vehicle_id"], table["type"], table["id"]):
        if kind in ("pickup", "delivery"):
            routes.setdefault(int(vehicle), []).append(int(task))
    return {"routes": list(routes.values())}


def solve(path, seconds, objective, seed, variant):
    """Deterministic: there is no seed."""
    model = problem(LiLim(path), FIXED_COST if objective == "vehicles" else 0)
    begin = time.process_time()
    solution = model.solve(
        exploration_level=int(variant), nb_threads=1, timeout=timedelta(milliseconds=round(seconds * 1000)))
    return plan(solution), time.process_time() - begin
