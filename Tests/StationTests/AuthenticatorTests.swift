import CZeroMQ
import Synchronization
import Testing
import Transport
import Wire

@testable import Station

/// Libzmq 4.3.4 lets everybody in when nobody answers its questions. These tests say what stands against that.
@Suite(.serialized, .timeLimit(.minutes(4))) struct AuthenticatorTests {
    /// The trap itself: no ZAP handler, and a key that nobody knows is admitted.
    @Test func libzmqAloneAdmitsEverybodyButGivesThemNoIdentity() throws {
        let context = try Context()
        let station = try CurveKeyPair.generate()
        let pull = try Socket(.pull, in: context)
        try pull.set(ZMQ_LINGER, 0)
        try pull.setCurveServer(station, domain: Authenticator.domain)
        try pull.bind("tcp://127.0.0.1:*")
        let push = try Socket(.push, in: context)
        try push.set(ZMQ_LINGER, 0)
        try push.setCurveClient(.generate(), server: station.publicKey)
        try push.connect(pull.lastEndpoint)
        #expect(try push.trySend([1]))
        #expect(try pull.waitReadable(milliseconds: 5000))
        let message = Message()
        #expect(try pull.tryReceive(into: message))
        #expect(LinkIdentity(userID: message.property("User-Id"), seal: 1) == nil)
    }

    /// When the authenticator ends, the link ends: nobody is let in, known or not, and the owner is told.
    @Test func theLinkEndsWithItsAuthenticator() throws {
        let failures = Mutex<[String]>([])
        let bench = try LinkBench(
            vehicles: 2,
            onFailure: { failure in
                failures.withLock { $0.append("\(failure)") }
            })
        let known = try bench.peer(1)
        try known.send()
        #expect(bench.eventually { bench.link.counters.accepted == 1 })
        #expect(bench.link.failure == nil)
        bench.link.authenticator.stop()
        #expect(bench.eventually { bench.link.failure != nil })
        #expect(failures.withLock { $0.count } == 1)
        let stranger = try LinkPeer(
            bench.context, to: bench.link, keys: .generate(), station: bench.station.publicKey)
        let late = try bench.peer(2)
        for _ in 0..<40 {
            try stranger.send()
            try known.send()
            try late.send()
            _ = zmq_poll(nil, 0, 5)
        }
        #expect(bench.link.counters.accepted == 1)
        // Nobody listens any more: a plain connection is refused.
        let port = UInt16(bench.link.uplinkEndpoint.split(separator: ":").last ?? "") ?? 0
        #expect(RawConnection(port: port) == nil)
        bench.link.stop()
        #expect(failures.withLock { $0.count } == 1)
    }

    @Test func onlyWellFormedQuestionsAboutListedKeysAreAnsweredYes() throws {
        let key = try CurveKeyPair.generate().publicKey
        let door = Authenticator(admitting: [.init(key: key, identity: LinkIdentity(id: 5, generation: 3))])
        let good: [[UInt8]] = [
            Array("1.0".utf8), [1], Array("keruen".utf8), Array("127.0.0.1".utf8), [], Array("CURVE".utf8),
            key.bytes,
        ]
        let answer = door.decide(good)
        #expect(answer.code == "200")
        let identity = answer.user.withCString { LinkIdentity(userID: $0, seal: door.seal) }
        #expect(identity == LinkIdentity(id: 5, generation: 3))
        #expect(answer.user.withCString { LinkIdentity(userID: $0, seal: door.seal ^ 1) } == nil)
        for place in [0, 2, 5, 6] {
            for bent in [[], [0], good[place] + [0], Array(good[place].dropLast())] as [[UInt8]] {
                var frames = good
                frames[place] = bent
                #expect(door.decide(frames).code == "400")
            }
            var frames = good
            frames.remove(at: place)
            #expect(door.decide(frames).code == "400" && door.decide(good + [[]]).code == "400")
        }
        #expect(door.decide([]).code == "400")
        door.replace([])
        #expect(door.decide(good).code == "400")
    }

    @Test func tooManyConnectionsOfOneKeyArePutOffAndLaterAdmitted() throws {
        let key = try CurveKeyPair.generate().publicKey
        let door = Authenticator(admitting: [.init(key: key, identity: LinkIdentity(id: 5, generation: 3))])
        let question: [[UInt8]] = [
            Array("1.0".utf8), [1], Array("keruen".utf8), [], [], Array("CURVE".utf8), key.bytes,
        ]
        let codes = (0..<1000).map { _ in door.decide(question, at: 0).code }
        #expect(codes.filter { $0 == "200" }.count == 20 && codes.last == "300")
        #expect(door.decide(question, at: .max).code == "200")
        #expect(door.counts.admitted == 21 && door.counts.putOff == 980)
    }
}
