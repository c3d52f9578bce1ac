import CLinux
import Dispatching

/// The one place where commands drive the search: budget, progress, history.
struct DispatchSolver {
    enum Budget {
        case iterations(Int)
        /// CPU seconds of the process, from the first step of construction on.
        case seconds(Double)
    }

    /// An improvement.
    struct Moment: Encodable {
        var cpuSeconds: Double
        var iterations: Int
        var vehicles: Int
        var unserved: Int
        /// Cost in units of the benchmark or tenge, without what is unserved.
        var cost: Double

        enum CodingKeys: String, CodingKey {
            case cpuSeconds = "cpu_s"
            case iterations, vehicles, unserved, cost
        }
    }

    var budget: Budget
    var seed: UInt64
    /// As `RegionSearch` has it.
    var threads: Int?
    /// Told at once, for progress.
    var onImprovement: (Moment) -> Void = { _ in }
    /// Asked often: whether to end before the budget does.
    var isStopped: () -> Bool = { false }

    private(set) var history: [Moment] = []
    private(set) var iterations = 0
    private(set) var cpuSeconds = 0.0

    init(budget: Budget, seed: UInt64) {
        self.budget = budget
        self.seed = seed
    }

    mutating func run(_ problem: DispatchProblem) -> DispatchPlan {
        let begin = keruen_process_cpu_ns()
        func spent() -> Double { Double(keruen_process_cpu_ns() - begin) / 1e9 }
        let search = RegionSearch(problem, seed: seed, threads: threads)
        var (lastCost, lastMissing) = (Int64.max, Int.max)
        func look(_ history: inout [Moment]) {
            guard search.bestCost != lastCost || search.bestMissing != lastMissing else { return }
            (lastCost, lastMissing) = (search.bestCost, search.bestMissing)
            let plan = search.plan
            let moment = Moment(
                cpuSeconds: spent(), iterations: search.iterations, vehicles: plan.routes.count,
                unserved: plan.unserved.count, cost: Double(lastCost) / 1e6)
            history.append(moment)
            onImprovement(moment)
        }
        look(&history)
        switch budget {
        case .iterations(let count):
            // Looked at after as many steps on every machine, so that the history is the same too.
            while search.iterations < count, !isStopped() {
                let steps = min(500, count - search.iterations)
                search.run(steps: steps, fraction: Double(search.iterations) / Double(count))
                look(&history)
            }
        case .seconds(let seconds):
            var nextLook = 0.0
            let end = begin + Int64(seconds * 1e9)
            var pacer = StepPacer(now: keruen_process_cpu_ns())
            while pacer.fits(now: keruen_process_cpu_ns(), before: end), !isStopped() {
                let now = spent()
                if now >= nextLook {
                    look(&history)
                    nextLook = now + 0.02
                    pacer.begin(now: keruen_process_cpu_ns())
                }
                // Near the end the clock is asked after every step; threads are worth their while for many.
                let steps = threads == nil ? 8 : 200
                search.run(steps: seconds - now > 0.005 ? steps : 1, fraction: now / seconds)
            }
        }
        iterations = search.iterations
        let plan = search.plan
        cpuSeconds = spent()
        look(&history)
        return plan
    }
}
