import Foundation
import Testing

/// `keruen traffic` on files as people write them, good and bad.
@Suite struct TrafficCommandTests {
    private static func ask(_ command: [String], _ content: [UInt8]) throws -> Said {
        let place = try Workplace()
        try Data(content).write(to: URL(filePath: place.directory + "/in"))
        return try place.end(try place.begin("keruen", ["traffic", command[0], "in"] + command.dropFirst()))
    }

    private static let detect = ["detect", "--volume", "cylinder:50,20", "--lookahead", "60"]

    @Test func answersAreExact() throws {
        let states = "\u{FEFF}id,x,y,z,vx,vy,vz\r\n2,500,0,100,-10,0,0\r\n1,0,0,100,10,0,0\r\n"
        let found = try Self.ask(Self.detect, Array(states.utf8))
        #expect(found.status == 0 && found.output == "a,b,t_in,t_out\n1,2,22.500000,27.500000\n")

        let square =
            #"{"id":"z","polygon":[[0,0],[10,0],[10,10],[0,10]],"points":[[5,5],[20,5]],"#
            + #""segments":[[-5,5,15,5],[20,20,30,30]]}"# + "\n"
        let fence = try Self.ask(["fence"], Array(square.utf8))
        #expect(
            fence.output
                == #"{"id":"z","inside":[true,false],"hits":[true,false],"first_hit":[0.250000,null]}"# + "\n"
        )
    }

    @Test(arguments: [
        ("", "has no header"), ("id,x,y,z,vx,vy\n1,0,0,0,0,0\n", "1, column vz"),
        ("id,x,y,z,vx,vy,vz\n1,0,0,0,0,0,0\n2,nan,0,0,0,0,0\n", "3, column x"),
        ("id,x,y,z,vx,vy,vz\n1,1e308,0,0,0,0,0\n", "2, column x"),
        ("id,x,y,z,vx,vy,vz\n1,0,0,0,0,0\n", ":2: has 6 fields"),
        ("id,x,y,z,vx,vy,vz\n1,0,0,0,0,0,0\n1,0,0,0,0,0,0\n", "3, column id"), ("\0\u{1}\u{2}", "zero bytes"),
    ])
    func badStatesAreNamedByLineAndColumn(content: String, told: String) throws {
        let answer = try Self.ask(Self.detect, Array(content.utf8))
        #expect(answer.status == 65 && answer.errors.contains(told), "\(answer)")
        #expect(answer.errors.hasPrefix("keruen: "))
    }

    /// Any bytes at all end in an answer or in an error, never in a crash.
    @Test(arguments: ["pairs", "alerts", "bands", "fence"]) func garbageIsRefused(command: String) throws {
        for content in [
            "\u{1B}[2J{\"id\":1}\n", "[]\n", "a,b\n1,2\n", "{\"id\":\"z\",\"polygon\":[[0,0],[1,1]]}\n",
        ] {
            let answer = try Self.ask([command], Array(content.utf8))
            #expect(answer.status == 65 && answer.errors.hasPrefix("keruen: "), "\(answer)")
            #expect(!answer.errors.contains("\u{1B}"))
        }
    }

    @Test(arguments: ["cylinder:nan,1", "cylinder:-5,2", "taumod:1,2,3", "box:1"])
    func badVolumesAreRefused(volume: String) throws {
        let answer = try Self.ask(["detect", "--volume", volume, "--lookahead", "60"], [])
        #expect(answer.status == 64 && answer.errors.contains(volume))
    }
}
