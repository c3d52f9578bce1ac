/// Keeps a deadline of CPU time: a step is begun only while the longest of the steps lately would still fit. O(1).
struct StepPacer {
    /// Nanoseconds; fades by 1/256 a step, so that one slow step does not idle for ever.
    private var longest: Int64 = 0
    private var last: Int64

    init(now: Int64) { last = now }

    /// Time that was not a step's is over.
    mutating func begin(now: Int64) { last = now }

    /// After a step, and before the first: whether another one fits before `end`.
    mutating func fits(now: Int64, before end: Int64) -> Bool {
        longest = max(now - last, longest - longest / 256)
        last = now
        return now < end && end - now > longest
    }
}
