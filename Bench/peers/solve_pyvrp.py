"""PyVRP on every kind of instance."""

import time

import pyvrp
from pyvrp import ActivityType, Depot, Location, ProblemData, Shipment, Solution, VehicleType, minimise_fleet

from instance import FIXED_COST, LiLim, is_lilim

VARIANTS = {"distance": [""], "vehicles": ["fixed cost", "minimise fleet"]}


class CPUSeconds:
    """Its clock starts with the search, as that of MaxRuntime does: setting up is free."""

    def __init__(self, seconds):
        self.seconds, self.begin = seconds, None

    def __call__(self, best_cost):
        if self.begin is None:
            self.begin = time.process_time()
        return time.process_time() - self.begin >= self.seconds


def lilim_data(instance, fixed_cost=0):
    matrix = instance.matrix()
    shipments = [
        Shipment(
            p, d, instance.ready[p], instance.due[p], instance.service[p], instance.ready[d], instance.due[d],
            instance.service[d], [instance.demand[p]], name=f"{p}",
        )
        for p, d in instance.pairs
    ]
    fleet = VehicleType(
        instance.vehicles, [instance.capacity], fixed_cost=fixed_cost, tw_early=instance.ready[0],
        tw_late=instance.due[0],
    )
    return ProblemData(
        locations=[Location(x, y) for x, y in instance.xy], clients=[], depots=[Depot(0)], vehicle_types=[fleet],
        distance_matrices=[matrix], duration_matrices=[matrix], groups=[], shipments=shipments,
    )


def visit(data, activity):
    """The location of an activity; the depot is 0."""
    if activity.type == ActivityType.CLIENT:
        return data.clients()[activity.idx].location
    if activity.type == ActivityType.PICKUP:
        return data.shipments()[activity.idx].pickup.location
    if activity.type == ActivityType.DELIVERY:
        return data.shipments()[activity.idx].delivery.location
    return 0


def plan(data, solution):
    routes, fleet, taken = [], [], {}
    for route in solution.routes():
        ids = [visit(data, activity) for activity in route]
        while ids and ids[0] == 0:
            ids.pop(0)
        while ids and ids[-1] == 0:
            ids.pop()
        routes.append(ids)
        kind = route.vehicle_type()
        numbers = data.vehicle_type(kind).name.split(",")
        if numbers != [""]:
            taken[kind] = taken.get(kind, -1) + 1
            fleet.append(int(numbers[taken[kind]]) + 1)
    return {"routes": routes, "fleet": fleet} if fleet else {"routes": routes}


def solve(path, seconds, objective, seed, variant):
    if is_lilim(path):
        data = lilim_data(LiLim(path), FIXED_COST if variant == "fixed cost" else 0)
    else:
        rounding = "exact" if "HFVRP" in path.read_text() else "dimacs"
        data = pyvrp.read(path, rounding)
    begin = time.process_time()
    if variant == "minimise fleet":
        fleet = minimise_fleet(data, CPUSeconds(seconds / 2), seed)
        data = data.replace(vehicle_types=[fleet])
        seconds = max(seconds - (time.process_time() - begin), 0.01)
    result = pyvrp.solve(data, CPUSeconds(seconds), seed, collect_stats=False, display=False)
    return plan(data, result.best), time.process_time() - begin
