import Controller
import FoundationEssentials
import Testing
import World

/// Whatever comes in, in whatever order: the promises hold, and the same inputs give the same bytes.
@Suite struct RobustnessTests {
    /// Random inputs, most of them nonsense: unknown numbers, duplicates, contradictions, time going backwards.
    static func chaos(seed: UInt64, count: Int) -> [Input] {
        var random = SplitMix64(seed: seed)
        var inputs: [Input] = [.stationStarted(fence: 1, at: Harness.epoch)]
        var now = Harness.epoch
        func place(_ r: inout SplitMix64) -> Coordinate {
            if r.unit() < 0.02 { return Coordinate(latitudeE7: .max, longitudeE7: .min) }
            return Harness.place((r.unit() - 0.5) * 8000, (r.unit() - 0.5) * 8000)
        }
        for i in 0..<count {
            now = now.advanced(bySeconds: random.unit() < 0.02 ? -30 : random.unit() * 2)
            let at = random.unit() < 0.002 ? Instant(nanoseconds: .min) : now
            let vehicle = VehicleID(UInt32(random.next() % 6))
            let mission = MissionID(random.next() % 12)
            let revision = UInt16(random.next() % 3)
            switch random.next() % 10 {
            case 0:
                let kind: VehicleKind = vehicle.number > 3 ? .truck : .multirotor
                inputs.append(
                    .vehicleConnected(
                        Harness.profile(vehicle.number, kind),
                        heldMission: random.unit() < 0.5 ? mission : nil, heldRevision: revision, at: at))
            case 1:
                var request = Harness.request("k\(random.next() % 30)", at: at)
                request.pickup.coordinate = place(&random)
                request.massGrams = UInt32(truncatingIfNeeded: random.next() % 6000)
                inputs.append(.orderSubmitted(request, at: at))
            case 2: inputs.append(.orderCancelled(OrderID(random.next() % 40), by: "x", at: at))
            case 3:
                let all = OperatorAction.allCases
                inputs.append(.operatorAction(all[i % all.count], vehicle, by: "y", at: at))
            case 4:
                let result: UploadResult = random.unit() < 0.7 ? .complete : .busy
                inputs.append(.uploadFinished(vehicle, mission, revision: revision, result, at: at))
            case 5:
                let stage: AckStage = random.unit() < 0.5 ? .rejected : .done
                inputs.append(
                    .commandAcknowledged(
                        vehicle, command: 1 << 32 | random.next() % 50, stage, detail: "d", at: at))
            case 6, 7:
                let kinds: [ProgressReport] = [.started, .legDone, .loaded, .unloaded, .completed, .aborted]
                inputs.append(
                    .progress(
                        vehicle, mission, revision: 1, leg: Int(random.next() % 14) - 1,
                        kinds[Int(random.next() % 6)], at: at))
            case 8: inputs.append(.incident(vehicle, .energyLow, value: .min, at: at))
            default:
                var reports: [TrackReport] = []
                for n in 1...5 where random.unit() < 0.8 {
                    reports.append(
                        TrackReport(
                            vehicle: VehicleID(UInt32(n)), measuredAt: at,
                            position: Position(place(&random), altitude: Altitude(millimeters: 350_000)),
                            velocityEastMillimetersPerSecond: Int32(
                                truncatingIfNeeded: random.next() % 30_000),
                            velocityNorthMillimetersPerSecond: random.unit() < 0.01 ? .min : 0,
                            velocityUpMillimetersPerSecond: 0,
                            horizontalAccuracyCentimeters: random.unit() < 0.1 ? .max : 100,
                            verticalAccuracyCentimeters: 100, headingCentidegrees: 0,
                            mode: VehicleMode(rawValue: UInt8(random.next() % 9)) ?? .parked, health: 0,
                            energyKilojoules: UInt32(random.next() % 3000), payloadGrams: 0,
                            missionNumber: random.next() % 12, missionRevision: 1,
                            leg: UInt16(random.next() % 20)))
                }
                inputs.append(.tick(at: at, reports: reports))
            }
        }
        return inputs
    }

    @Test(arguments: 1...20) func promisesHold(seed: Int) {
        var controller = Controller(
            configuration: ControllerConfiguration(), geography: Harness.geography)
        var folded = Controller(configuration: ControllerConfiguration(), geography: Harness.geography)
        var closed: [OrderID: OrderState] = [:]
        var delivered: [OrderID: Int] = [:]
        for (i, input) in Self.chaos(seed: UInt64(seed), count: 1500).enumerated() {
            var effects: [Effect] = []
            controller.step(input, effects: &effects)
            var answers = 0
            for effect in effects {
                switch effect {
                case .record(let event):
                    folded.apply(event)
                    if case .orderChanged(let id, .delivered, _, _, _) = event {
                        delivered[id, default: 0] += 1
                    }
                case .answer(let answer):
                    answers += 1
                    #expect(!answer.reason.isEmpty)
                case .command(let command, _): #expect(!command.reason.isEmpty)
                default: break
                }
            }
            switch input {
            case .orderSubmitted, .orderCancelled, .operatorAction: #expect(answers == 1)
            default: #expect(answers == 0)
            }
            for order in controller.orders where order.state.isClosed {
                if let before = closed[order.id] { #expect(before == order.state, "seed \(seed) input \(i)") }
                closed[order.id] = order.state
                #expect(!order.reason.isEmpty)
            }
            if i % 50 == 0 { check(controller, folded, seed) }
        }
        check(controller, folded, seed)
        #expect(delivered.values.allSatisfy { $0 == 1 })
        #expect(controller.orders.count > 5 && !controller.missions.isEmpty, "the run must do something")
    }

    private func check(_ controller: Controller, _ folded: Controller, _ seed: Int) {
        #expect(controller.snapshot == folded.snapshot, "seed \(seed): fold differs from the live state")
        var busy: Set<VehicleID> = []
        var moved: Set<OrderID> = []
        for mission in controller.missions where !mission.state.isOver {
            #expect(busy.insert(mission.vehicle).inserted, "seed \(seed): two live missions of one vehicle")
            guard let id = mission.order, let order = controller.order(id), order.mission == mission.id,
                !order.state.isClosed
            else { continue }
            #expect(moved.insert(id).inserted, "seed \(seed): one order in two live missions")
        }
    }

    @Test func theSameInputsGiveTheSameBytes() throws {
        let inputs = Self.chaos(seed: 77, count: 2000)
        let recorded = try JSONEncoder().encode(inputs)
        let replayed = try JSONDecoder().decode([Input].self, from: recorded)
        #expect(replayed == inputs)
        func run(_ inputs: [Input]) throws -> (Data, UInt64) {
            var controller = Controller(
                configuration: ControllerConfiguration(), geography: Harness.geography)
            var effects: [Effect] = []
            for input in inputs { controller.step(input, effects: &effects) }
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return (try encoder.encode(effects), controller.hash)
        }
        let first = try run(inputs)
        let second = try run(replayed)
        #expect(first.0 == second.0)
        #expect(first.1 == second.1)
    }
}
