import CLinux
import Glibc
import Synchronization
import Testing
import Transport

@testable import Station

/// Libzmq closes descriptors in its own thread and the kernel gives their numbers to others at once.
@Suite struct LinkConnectionRaceTests {
    /// A listener that was shut ends its whole process: libzmq does not expect EINVAL of accept.
    @Test func neverShutsWhoGotTheNumberInBetween() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        try #require(listener >= 0 && listen(listener, 1) == 0)
        defer { close(listener) }
        let number = Atomic<Int32>(-1)
        let rounds = 20_000
        let taker = try DedicatedThread(name: "taker") {
            for _ in 0..<rounds {
                var taken = number.load(ordering: .acquiring)
                while taken < 0 { taken = number.load(ordering: .acquiring) }
                dup2(listener, taken)
                number.store(-1, ordering: .releasing)
            }
        }
        var (shut, late) = (0, 0)
        for _ in 0..<rounds {
            var pair: [Int32] = [0, 0]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            let cookie = keruen_socket_cookie(pair[0])
            number.store(pair[0], ordering: .releasing)
            if keruen_shut_connection(pair[0], cookie) == 0 { shut += 1 } else { late += 1 }
            while number.load(ordering: .acquiring) >= 0 {}
            close(pair[0])
            close(pair[1])
        }
        taker.join()
        #expect(shut + late == rounds && shut > 0 && late > 0)
        #expect(accept(listener, nil, nil) == -1 && errno == EAGAIN)
    }
}
