"""OR-Tools on pickup and delivery: cheapest insertion, then guided local search."""

import time

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from instance import LiLim

VARIANTS = {"distance": [""], "vehicles": [""]}
FIXED_COST = 10**9


def solve(path, seconds, objective, seed, variant):
    """Deterministic: there is no seed."""
    instance = LiLim(path)
    matrix = instance.matrix()
    manager = pywrapcp.RoutingIndexManager(len(instance.tasks), instance.vehicles, 0)
    routing = pywrapcp.RoutingModel(manager)
    distance = routing.RegisterTransitMatrix(matrix.tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(distance)
    if objective == "vehicles":
        routing.SetFixedCostOfAllVehicles(FIXED_COST)
    demand = routing.RegisterUnaryTransitVector(instance.demand)
    routing.AddDimension(demand, 0, instance.capacity, True, "load")
    times = (matrix + [[service] for service in instance.service]).tolist()
    travel = routing.RegisterTransitMatrix(times)
    routing.AddDimension(travel, instance.due[0], instance.due[0], False, "time")
    clock = routing.GetDimensionOrDie("time")
    for task in range(1, len(instance.tasks)):
        clock.CumulVar(manager.NodeToIndex(task)).SetRange(instance.ready[task], instance.due[task])
    solver = routing.solver()
    for p, d in instance.pairs:
        pickup, delivery = manager.NodeToIndex(p), manager.NodeToIndex(d)
        routing.AddPickupAndDelivery(pickup, delivery)
        solver.Add(routing.VehicleVar(pickup) == routing.VehicleVar(delivery))
        solver.Add(clock.CumulVar(pickup) <= clock.CumulVar(delivery))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(round(seconds * 1000))
    begin = time.process_time()
    solution = routing.SolveWithParameters(parameters)
    used = time.process_time() - begin
    routes = []
    if solution:
        for vehicle in range(instance.vehicles):
            index, ids = routing.Start(vehicle), []
            while not routing.IsEnd(index):
                if manager.IndexToNode(index):
                    ids.append(manager.IndexToNode(index))
                index = solution.Value(routing.NextVar(index))
            if ids:
                routes.append(ids)
    return {"routes": routes}, used
