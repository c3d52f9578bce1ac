import ArgumentParser
import Foundation
import Traffic
import World

/// Tests points and motions against fences in a file.
struct FenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fence",
        abstract: "Test points and swept segments against geofences.",
        discussion: """
            FILE has one JSON object a line, metres in a local plane (x east, y north, z above mean sea level):
              id           text or number, given back as it is (required)
              type         keep-out (default) or keep-in
              polygon      [[x,y],...] the outline, closed or not, wound either way; or [[[x,y],...],...] with holes
              holes        [[[x,y],...],...]
              circle       [x,y,radius_m], instead of a polygon
              floor_m, ceiling_m   limits of height, both included; left out: none
              windows      [[start,end],...] when the fence holds, both included: seconds, or ISO 8601 text
              radius_m, half_height_m   tube around every segment (default 0)
              points       [[x,y],[x,y,z],[x,y,z,t],...]
              segments     [[x1,y1,x2,y2],[x1,y1,z1,x2,y2,z2],[x1,y1,z1,t1,x2,y2,z2,t2],...]
              crs          local (default), latlon or lonlat: then x,y above are degrees in that order
            Where a point or segment has no z, heights are not looked at; where it has no t, windows are not.

            Prints one line for each: id; inside: for each point whether it is in the region; hits: for each \
            segment whether its tube meets the region; first_hit: at which fraction of it, 0...1, or null. For \
            keep-in also breaches and first_breach: whether the tube meets the border or is not inside. Borders \
            belong to the region: a point on an edge is inside, touching is a hit. Coordinates are rounded to \
            nanometres; answers are exact for these.

            A polygon may not cross or touch itself; its edges are named when it does. At most \
            \(FenceOutline.verticesMax) vertices.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen traffic fence fences.jsonl
              echo '{"id":"a","polygon":[[0,0],[9,0],[9,9],[0,9]],"points":[[5,5]],"segments":[[-5,5,20,5]]}' \
            | keruen traffic fence -
            """)

    @Argument(help: "File of JSON lines; - is standard input.")
    var file: String

    func run() throws {
        try orDataError {
            let data = try DataFile(path: file)
            for (number, line) in data.lines {
                do {
                    print(try FenceLine.answer(line))
                } catch let fault as FenceLineFault {
                    throw DataError(
                        file: data.name, line: number, column: fault.column, problem: fault.problem)
                }
            }
        }
    }
}

/// What is wrong with a line, and under which key.
struct FenceLineFault: Error {
    var column: String
    var problem: String
    init(_ column: String, _ problem: String) { (self.column, self.problem) = (column, problem) }
}
