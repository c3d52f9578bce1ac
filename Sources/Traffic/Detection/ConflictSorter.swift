/// Sorts conflicts of a slice by entry time, then `a`, then `b`, without allocating once its memory has grown: a
/// bucket for each small piece of the slice, and for those that are inside now, for each few bodies; then the
/// buckets one by one. O(n) for spread-out times, O(n log n) at worst.
struct ConflictSorter {
    private var heads: [Int32] = []

    var memoryBytes: Int { heads.count * MemoryLayout<Int32>.stride }

    /// Sorts the conflicts of all workers, `count` in number, into `list`; `bodies`: above every index.
    mutating func sort(
        _ workers: [DetectionWorker], into list: UnsafeMutablePointer<Conflict>, _ count: Int,
        _ slice: TimeSlice, bodies: Int
    ) {
        guard count > 0 else { return }
        let key = Key(half: count / 4 + 1, slice, bodies: bodies)
        let buckets = 2 * key.half
        if heads.count < buckets + 1 { heads = Array(repeating: 0, count: buckets + buckets / 8 + 64) }
        heads.withUnsafeMutableBufferPointer { heads in
            guard let heads = heads.baseAddress else { return }
            heads.update(repeating: 0, count: buckets + 1)
            for worker in workers {
                let conflicts = worker.conflicts
                var i = 0
                while i < worker.count {
                    heads[key.bucket(conflicts[i])] &+= 1
                    i &+= 1
                }
            }
            sumCells(heads, buckets)
            for worker in workers {
                let conflicts = worker.conflicts
                var i = worker.count - 1
                while i >= 0 {
                    let b = key.bucket(conflicts[i])
                    heads[b] &-= 1
                    list[Int(heads[b])] = conflicts[i]
                    i &-= 1
                }
            }
            var b = 0
            while b < buckets {
                Self.order(list, Int(heads[b]), Int(heads[b + 1]))
                b &+= 1
            }
        }
    }

    /// Buckets in the order of conflicts.
    private struct Key {
        /// The first half of the buckets is for those that are inside now, by `a`.
        let half: Int
        let perSecond: Double
        let perBody: Double
        let from: Double

        init(half: Int, _ slice: TimeSlice, bodies: Int) {
            self.half = half
            from = slice.fromSeconds
            let duration = slice.toSeconds - slice.fromSeconds
            perSecond = duration > 0 ? Double(half) / duration : 0
            perBody = Double(half) / Double(max(bodies, 1))
        }

        @inline(__always)
        func bucket(_ conflict: Conflict) -> Int {
            let isNow = conflict.entrySeconds == 0
            let place = isNow ? Double(conflict.a) * perBody : (conflict.entrySeconds - from) * perSecond
            let last = Double(half - 1)
            return (isNow ? 0 : half) &+ Int(place < last ? place : last)
        }
    }

    /// Insertion for few, heap sort for many: both in place and with a fixed bound.
    private static func order(_ list: UnsafeMutablePointer<Conflict>, _ from: Int, _ to: Int) {
        if to - from > 24 { return heapSort(list + from, to - from) }
        var i = from &+ 1
        while i < to {
            let moving = list[i]
            var j = i
            while j > from, Conflict.isBefore(moving, list[j &- 1]) {
                list[j] = list[j &- 1]
                j &-= 1
            }
            list[j] = moving
            i &+= 1
        }
    }

    private static func heapSort(_ list: UnsafeMutablePointer<Conflict>, _ count: Int) {
        var root = count / 2
        while root > 0 {
            root -= 1
            sink(list, root, count)
        }
        var end = count - 1
        while end > 0 {
            let last = list[end]
            list[end] = list[0]
            list[0] = last
            sink(list, 0, end)
            end -= 1
        }
    }

    private static func sink(_ list: UnsafeMutablePointer<Conflict>, _ start: Int, _ end: Int) {
        let moving = list[start]
        var root = start
        while 2 &* root &+ 1 < end {
            var child = 2 &* root &+ 1
            if child &+ 1 < end, Conflict.isBefore(list[child], list[child &+ 1]) { child &+= 1 }
            guard Conflict.isBefore(moving, list[child]) else { break }
            list[root] = list[child]
            root = child
        }
        list[root] = moving
    }
}
