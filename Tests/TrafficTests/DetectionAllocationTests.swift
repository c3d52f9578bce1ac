import CAllocations
import Testing
import Traffic
import World

@Suite struct DetectionAllocationTests {
    /// Nor does a crowd, with its short slices and those who are settled between them.
    @Test func steadyCrowdsAllocateNothing() {
        #if !DEBUG
            let world = World.random(2500, side: 900, top: 100, seed: 42)
            let table = world.table
            let detector = ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick)
            for _ in 0..<2 { detector.run(table) }
            let before = keruen_allocations()
            for _ in 0..<3 { detector.run(table) }
            #expect(keruen_allocations() == before)
            #expect(detector.report.deferredPairs > 1000)
        #endif
    }

    /// Ingest, extrapolation and detection of a steady fleet take nothing from the heap.
    @Test func steadyTicksAllocateNothing() {
        #if !DEBUG
            let world = World.random(3000, side: 8000, top: 150, seed: 41)
            let tracks = TrackTable()
            let table = BodyTable()
            let detector = ConflictDetector(.operational, lookaheadSeconds: 60, limits: .tick)
            func tick(_ now: Double) {
                for (slot, body) in world.bodies.enumerated() {
                    tracks.ingest(
                        TrackMeasurement(timeSeconds: now, motion: body.0.motion, kind: body.1), slot: slot)
                }
                tracks.fill(table, nowSeconds: now + 0.1, horizonSeconds: 10, UncertaintyModel())
                detector.run(table)
            }
            for now in 0..<3 { tick(Double(now)) }
            let before = keruen_allocations()
            for now in 3..<8 { tick(Double(now)) }
            #expect(keruen_allocations() == before)
            #expect(detector.report.conflicts > 100)
        #endif
    }
}
