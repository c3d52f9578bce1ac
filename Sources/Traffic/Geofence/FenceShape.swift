import TrafficKernels
import TrafficKernelsWide

/// A fence outline made ready for tests: a raster of cells that are wholly inside, wholly outside or crossed by edges
/// (with the few edges that cross them), and a tree of the edges for paths. Immutable; about 70 bytes an edge and 2 to
/// 20 a cell.
///
/// Built in O(n log n) for well-behaved outlines; a point test is O(1) in cells away from the border and looks at the
/// cell's edges in the others; a path test is O(log n) and the edges near it.
public final class FenceShape: @unchecked Sendable {
    // Unchecked: memory behind the view is written in `init` only.
    let view: ShapeView
    private let memory: [UnsafeMutableRawPointer]

    public let outline: FenceOutline
    public let vectorPath: VectorPath

    public init(_ outline: FenceOutline, vectorPath: VectorPath = .best) {
        self.outline = outline
        self.vectorPath = vectorPath
        switch outline.form {
        case .circle(let x, let y, let radius):
            view = ShapeView(circleX: x, y, radius: radius)
            memory = []
        case .polygon(let rings):
            let builder = ShapeBuilder(rings)
            (view, memory) = builder.finish(isWide: vectorPath == .wide)
        }
    }

    deinit { for block in memory { block.deallocate() } }

    /// A circle around the whole of it, metres.
    var circle: (x: Double, y: Double, radius: Double) {
        let (dx, dy) = (view.maxX - view.minX, view.maxY - view.minY)
        return (
            0.5e-9 * (view.minX + view.maxX), 0.5e-9 * (view.minY + view.maxY),
            0.5e-9 * (dx * dx + dy * dy).squareRoot() + 1e-6
        )
    }

    /// Whether a point is in the closed region. A point on an edge or a vertex is. Not finite: never.
    public func contains(x: Double, y: Double) -> Bool { view.contains(x, y) }

    /// The first fraction, 0...1, of the straight way from one point to another at which a disc of `radiusMeters` meets
    /// the closed region, touching included; nil when it does not. Whether it meets is exact on the nanometre grid, the
    /// fraction is good to 1e-9. Coordinates are finite, within 1,000 km of the origin.
    public func firstContact(
        fromX: Double, fromY: Double, toX: Double, toY: Double, radiusMeters: Double = 0
    ) -> Double? {
        view.firstContact(
            PathPiece(
                x0: NanometerGrid.nanometers(fromX), y0: NanometerGrid.nanometers(fromY),
                x1: NanometerGrid.nanometers(toX), y1: NanometerGrid.nanometers(toY)),
            reach: NanometerGrid.nanometers(radiusMeters))
    }

    /// Whether `firstContact` is not nil, sooner.
    public func meets(
        fromX: Double, fromY: Double, toX: Double, toY: Double, radiusMeters: Double = 0
    ) -> Bool {
        view.meets(
            PathPiece(
                x0: NanometerGrid.nanometers(fromX), y0: NanometerGrid.nanometers(fromY),
                x1: NanometerGrid.nanometers(toX), y1: NanometerGrid.nanometers(toY)),
            reach: NanometerGrid.nanometers(radiusMeters))
    }

    /// Metres to the border, negative inside, good to 1 um. O(log n) near the border.
    public func clearanceMeters(x: Double, y: Double) -> Double {
        view.clearance(NanometerGrid.nanometers(x), NanometerGrid.nanometers(y)) * 1e-9
    }
}

/// The pointers of a `FenceShape`, free of reference counting.
struct ShapeView {
    /// A cell that edges cross. `reference` is a point in it off all edges.
    struct BorderCell {
        var referenceX: Double
        var referenceY: Double
        /// Into `cellEdges`.
        var start: UInt32
        /// `slow` when the cell has no usable reference.
        var count: UInt16
        var isInside: Bool
        static let slow = UInt16.max
    }

    var isCircle: Bool
    var isWide = false
    /// The outline's box, nanometres.
    var minX: Double
    var minY: Double
    var maxX: Double
    var maxY: Double
    /// Circle.
    var centerX = 0.0
    var centerY = 0.0
    var radius = 0.0
    /// Raster: 0 outside, 1 inside, else a border cell plus 2.
    var cellsPerNanometerX = 0.0
    var cellsPerNanometerY = 0.0
    var columns = 0
    var rows = 0
    var cells: UnsafePointer<UInt16>
    var borderCells: UnsafePointer<BorderCell>
    /// Edge slot times two, plus one where the cell's reference is left of the edge.
    var cellEdges: UnsafePointer<UInt16>
    /// By slot.
    var edges: UnsafePointer<FenceEdge>
    var edgeCount = 0
    /// Float tree about `originX`, `originY`.
    var originX = 0.0
    var originY = 0.0
    var leaves: UnsafePointer<Float>
    var nodes: UnsafePointer<Float>
    var levelStarts: UnsafePointer<Int32>
    var levels = 0

    init(circleX x: Double, _ y: Double, radius: Double) {
        isCircle = true
        (minX, maxX, minY, maxY) = (x - radius, x + radius, y - radius, y + radius)
        (centerX, centerY, self.radius) = (x, y, radius)
        cells = Nowhere.of(UInt16.self)
        borderCells = Nowhere.of(BorderCell.self)
        cellEdges = Nowhere.of(UInt16.self)
        edges = Nowhere.of(FenceEdge.self)
        leaves = Nowhere.of(Float.self)
        nodes = Nowhere.of(Float.self)
        levelStarts = Nowhere.of(Int32.self)
    }

    init(polygon rings: FenceOutline.Rings) {
        self.init(circleX: 0, 0, radius: 0)
        isCircle = false
        minX = rings.xs.min() ?? 0
        maxX = rings.xs.max() ?? 0
        minY = rings.ys.min() ?? 0
        maxY = rings.ys.max() ?? 0
    }
}

/// A pointer that is never read, for the shapes without edges.
private enum Nowhere {
    static func of<T>(_ type: T.Type) -> UnsafePointer<T> {
        UnsafePointer(bitPattern: MemoryLayout<T>.alignment).unsafelyUnwrapped
    }
}
