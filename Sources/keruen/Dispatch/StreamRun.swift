import CLinux
import Dispatching

/// One replay of a stream, timed, and judged by the checker.
struct StreamRun {
    private(set) var result: OrderReplay.Result
    /// Of what was driven, on the problem in which nothing is loaded before it is known.
    private(set) var verdict: PlanVerdict
    /// CPU microseconds until a new order has its answer; milliseconds of all improvements.
    private(set) var meanAnswerMicroseconds = 0.0
    private(set) var largestAnswerMicroseconds = 0.0
    private(set) var improvementMilliseconds = 0.0

    /// - Parameter steps: of improvement, by the time until the next order.
    init(
        _ file: DispatchFile, _ stream: OrderStream, _ settings: LiveSettings, steps: (Int64) -> Int
    ) throws {
        let replay = try OrderReplay(file.problem, stream, settings: settings)
        var (all, grantedInAll) = (0.0, 0)
        while true {
            let begin = keruen_thread_cpu_ns()
            guard try replay.submitNext() else { break }
            let answered = keruen_thread_cpu_ns()
            let granted = steps(replay.gapMilliseconds)
            replay.improve(steps: granted)
            grantedInAll += granted
            improvementMilliseconds += Double(keruen_thread_cpu_ns() - answered) / 1e6
            let microseconds = Double(answered - begin) / 1000
            all += microseconds
            largestAnswerMicroseconds = max(largestAnswerMicroseconds, microseconds)
        }
        replay.finish(steps: grantedInAll / max(stream.orders.count, 1))
        meanAnswerMicroseconds = all / Double(max(stream.orders.count, 1))
        result = replay.result
        verdict = try PlanChecker(stream.releasing(file.problem)).check(result.plan)
    }

    /// What the checker has against it; an order nobody could take is told apart.
    var violations: [Violation] { verdict.violations.filter { $0.kind != .mustBeServed } }
}

extension LiveSettings {
    /// What planning by insertion alone is: nobody waits for what may come, nothing is improved.
    static func insertionOnly(seed: UInt64) -> LiveSettings {
        var settings = LiveSettings()
        settings.seed = seed
        settings.leaveSlack = 1 << 16
        return settings
    }
}
