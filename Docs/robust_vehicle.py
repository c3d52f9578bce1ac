"""A drone that speaks wire protocol 1.0 and flies straight lines. Docs/Vehicles.md says how to start it."""
import math, pathlib, secrets, signal, struct, subprocess, sys, tempfile, time, google_crc32c, zmq
from google.protobuf.message import DecodeError

proto = pathlib.Path(__file__).resolve().parent.parent / "Proto"
with tempfile.TemporaryDirectory() as made:
    subprocess.run(["protoc", f"-I{proto}", f"--python_out={made}", *proto.glob("keruen/v1/*.proto")], check=True)
    sys.path.insert(0, made)
    from keruen.v1.command_pb2 import *
    from keruen.v1.mission_pb2 import *
    from keruen.v1.session_pb2 import *
    from keruen.v1.telemetry_pb2 import *

UP = [Hello, Telemetry, VehicleHeartbeat, CommandAck, MissionAck, MissionProgress, VehicleEvent, VehicleGoodbye]
DOWN = [Welcome, StationHeartbeat, ClockCorrection, Command, MissionPart, ProgressAck, StationGoodbye]
OPTIONS = {zmq.LINGER: 0, zmq.IMMEDIATE: 1, zmq.SNDHWM: 4, zmq.MAXMSGSIZE: 4129, zmq.TCP_MAXRT: 15000}
UNDER_WAY = {MODE_MOVING, MODE_HOLDING, MODE_RETURNING}
ORDERS = {COMMAND_KIND_START: MODE_MOVING, COMMAND_KIND_HOLD: MODE_HOLDING,
          COMMAND_KIND_RESUME: MODE_MOVING, COMMAND_KIND_RETURN: MODE_RETURNING,
          COMMAND_KIND_ABORT: MODE_HOLDING}
LEG_DONE = {MISSION_ACTION_LOAD: PROGRESS_KIND_LOADED, MISSION_ACTION_UNLOAD: PROGRESS_KIND_UNLOADED}
SPEED, RANGE, ENERGY, DEGREE, SECOND = 15, 30_000, 5_400, 111_195, 10**9  # m/s, m, kJ, m of latitude, ns


def digest(items):
    return google_crc32c.value(b"".join(struct.pack(
        "<IiiiIII", i.action, i.latitude_e7, i.longitude_e7, i.altitude_mm, i.speed_mm_s, i.duration_ms, i.radius_mm)
        for i in items))


class Vehicle:
    def __init__(self, secret, station, place, pace="1"):
        self.key = dict(line.partition(" ")[::2] for line in open(secret).read().splitlines())
        self.station, self.pace = station.split(":"), int(pace)
        self.place = [float(number) for number in place.split(",")]  # degrees, degrees, metres above the sea
        self.velocity = [0, 0, 0]  # mm/s north, east, up
        self.boot, self.sent, self.is_open, self.welcome = secrets.randbits(31) + 1, [0, 0], False, Welcome()
        self.parts, self.answers, self.progress = {}, {}, {}
        self.mission = self.digest = self.fence = self.offset = self.heard = self.lost = self.waited = self.leg = self.flown = 0
        self.mode, self.items, self.todo, self.done = MODE_PARKED, [], [], set()

    def clock(self):  # nanoseconds; may be wrong, never steps
        return time.monotonic_ns() * self.pace

    def now(self):  # the station's time
        return self.clock() + self.offset

    def connect(self):
        zmq.Context.instance().destroy(linger=0)
        self.push, self.sub = [zmq.Context.instance().socket(kind) for kind in (zmq.PUSH, zmq.SUB)]
        for topic in 0, int(self.key["id"]):
            self.sub.subscribe(struct.pack("<I", topic))
        for port, socket in enumerate((self.push, self.sub), int(self.station[1])):
            for option, value in OPTIONS.items():
                socket.setsockopt(option, value)
            socket.curve_serverkey, socket.curve_secretkey = self.key["station"].encode(), self.key["secret"].encode()
            socket.curve_publickey = zmq.curve_public(self.key["secret"].encode())
            socket.connect(f"tcp://{self.station[0]}:{port}")
        self.is_open, self.renew_at = False, time.monotonic() + 5 + secrets.randbelow(5)

    def send(self, message):  # now or never: what must arrive is said again
        is_telemetry = isinstance(message, Telemetry)
        self.sent[is_telemetry] += 1
        message.boot, message.sequence = self.boot, self.sent[is_telemetry]
        if self.push.poll(20, zmq.POLLOUT):
            self.push.send(bytes([0x4B, 1, UP.index(type(message)) + 1, 0]) + message.SerializeToString())

    def hear(self, frame):
        if len(frame) < 8 or frame[4:6] != b"K\1" or frame[7] or frame[6] - 65 not in range(len(DOWN)):
            return
        try:
            m = DOWN[frame[6] - 65].FromString(frame[8:])
        except DecodeError:
            return
        fence = getattr(m, "fence", self.fence)
        if fence > self.fence:  # another station, or the same restarted: it has not met us yet
            self.fence, self.is_open = fence, False
        is_old = fence < self.fence
        if not is_old:
            self.heard, self.renew_at = self.clock(), time.monotonic() + 5
        match m:
            case Command():
                self.obey(m, is_old)
            case MissionPart():
                self.send(MissionAck(mission=m.mission, part=m.part, result=self.take(m, is_old), digest=m.digest))
            case ProgressAck():
                self.progress.pop((m.mission, m.kind), None)
            case ClockCorrection():
                self.offset = m.offset_ns
            case StationHeartbeat() if self.is_open and not is_old:
                t = self.clock()
                self.send(VehicleHeartbeat(
                    nonce=m.nonce, station_time_ns=m.station_time_ns, received_at_ns=t, sent_at_ns=t))
            case StationGoodbye():
                self.is_open = False
            case Welcome() if m.boot == self.boot and m.accepted and not is_old:
                self.is_open, self.welcome = True, m
                self.offset = self.offset or m.station_time_ns - self.clock()
                if self.lost:
                    self.send(VehicleEvent(kind=EVENT_KIND_LINK_LOST, at_ns=self.now(), value=self.lost))
                self.lost = 0

    def take(self, m, is_old):  # the old mission is held until all parts of the new one are there and agree
        if is_old:
            return MISSION_ACK_RESULT_FENCE
        if (m.mission, m.digest) == (self.mission, self.digest):
            return MISSION_ACK_RESULT_COMPLETE
        if self.mode in UNDER_WAY:
            return MISSION_ACK_RESULT_BUSY
        self.parts[m.mission, m.digest, m.part] = m.items
        keys = [(m.mission, m.digest, part) for part in range(m.parts)]
        if not all(key in self.parts for key in keys):
            return MISSION_ACK_RESULT_PART
        items, self.parts = [item for key in keys for item in self.parts[key]], {}
        if digest(items) != m.digest:
            return MISSION_ACK_RESULT_DIGEST
        self.mission, self.digest, self.items, self.mode = m.mission, m.digest, items, MODE_READY
        self.leg, self.done = 0, set()
        return MISSION_ACK_RESULT_COMPLETE

    def obey(self, m, is_old):
        rejection = (
            REJECTION_REASON_FENCE if is_old else REJECTION_REASON_EXPIRED if m.not_after_ns < self.now() else
            REJECTION_REASON_UNSUPPORTED if m.kind not in ORDERS else
            REJECTION_REASON_MISSION if m.mission not in (0, self.mission) else
            REJECTION_REASON_MODE if (self.mode != MODE_READY if m.kind == COMMAND_KIND_START else
                                      m.kind in (COMMAND_KIND_RESUME, COMMAND_KIND_RETURN) and
                                      self.mode not in UNDER_WAY) else 0)
        stages = [COMMAND_STAGE_RECEIVED, *([COMMAND_STAGE_REJECTED] if rejection else [
            COMMAND_STAGE_ACCEPTED, COMMAND_STAGE_STARTED, COMMAND_STAGE_DONE])]
        if m.command_id in self.answers:  # heard before: the newest stage again, and nothing else
            stages, rejection = [self.answers[m.command_id][0]], self.answers[m.command_id][1]
        elif not rejection:
            if m.kind == COMMAND_KIND_START or self.mode in UNDER_WAY:
                self.enter(ORDERS[m.kind])
            if m.kind == COMMAND_KIND_ABORT:
                self.drop()
        for stage in stages:
            self.answers[m.command_id] = stage, rejection
            self.send(CommandAck(command_id=m.command_id, stage=stage, at_ns=self.now(),
                                 rejection=rejection if stage == COMMAND_STAGE_REJECTED else 0))

    def enter(self, mode):  # the legs of the mission that are left, its contingency, or none
        if self.mode == MODE_READY:
            self.report(PROGRESS_KIND_STARTED)
        self.mode, self.waited = mode, 0
        self.todo = [leg for leg, item in enumerate(self.items) if leg not in self.done and mode == (
            MODE_RETURNING if item.action == MISSION_ACTION_CONTINGENCY else MODE_MOVING)]

    def drop(self):
        if self.mode in UNDER_WAY:
            self.report(PROGRESS_KIND_ABORTED)
        self.mode = MODE_HOLDING if self.mode in UNDER_WAY else MODE_PARKED
        self.mission, self.digest, self.items, self.todo, self.leg = 0, 0, [], [], 0

    def report(self, kind):
        packed = self.mission | self.leg << 52
        self.progress[packed, kind] = MissionProgress(mission=packed, kind=kind, at_ns=self.now())

    def fly(self, seconds):  # straight to the next item, stand there as long as it says, then on
        self.velocity = [0, 0, 0]
        if not self.todo:
            return
        self.leg = self.todo[0]
        item = self.items[self.leg]
        there = item.latitude_e7 / 1e7, item.longitude_e7 / 1e7, item.altitude_mm / 1e3
        scale = DEGREE, DEGREE * math.cos(math.radians(self.place[0])), 1
        way = [(b - a) * meters for a, b, meters in zip(self.place, there, scale)]
        length = math.hypot(*way)
        if length > 0.01:
            share = min(1, SPEED * seconds / length)
            self.flown += share * length
            self.velocity = [int(1000 * SPEED * part / length) for part in way]
            self.place = [a + (b - a) * share for a, b in zip(self.place, there)]
            return
        self.waited += seconds
        if self.waited * 1000 < item.duration_ms:
            return
        self.todo, self.waited = self.todo[1:], 0
        if self.mode == MODE_MOVING:
            self.done.add(self.leg)
            self.report(LEG_DONE.get(item.action, PROGRESS_KIND_LEG_DONE))
        if not self.todo:
            self.report(PROGRESS_KIND_COMPLETED if self.mode == MODE_MOVING else PROGRESS_KIND_ABORTED)
            self.mode = MODE_PARKED

    def run(self):
        self.connect()
        last = telemetry_at = repeat_at = self.clock()
        while True:
            if self.sub.poll(5):
                self.hear(self.sub.recv())
            last, seconds = self.clock(), (self.clock() - last) / SECOND
            self.fly(seconds)
            if self.heard and not self.lost and last - self.heard > self.welcome.link_lost_after_ms * 10**6:
                self.lost, self.is_open = (last - self.heard) // SECOND or 1, False
                if self.mode in (MODE_MOVING, MODE_HOLDING):
                    self.enter(MODE_RETURNING)
            if time.monotonic() > self.renew_at:  # libzmq never tries again after a refused key
                self.connect()
            if last >= repeat_at:
                repeat_at = last + SECOND
                for message in list(self.progress.values())[:16] if self.is_open else [self.hello()]:
                    self.send(message)
            if self.is_open and last >= telemetry_at:
                telemetry_at = last + self.welcome.telemetry_interval_ms * 10**6
                self.send(self.telemetry())

    def hello(self):
        return Hello(
            vehicle_id=int(self.key["id"]), kind=VEHICLE_KIND_MULTIROTOR, fence=self.fence,
            capabilities=1 << CAPABILITY_HOLD | 1 << CAPABILITY_RETURN, payload_capacity_g=5_000, cargo_volume_l=30,
            cruise_speed_mm_s=SPEED * 1000, energy_capacity_kj=ENERGY, range_m=RANGE,
            mission=self.mission | self.leg << 52, mission_digest=self.digest)

    def telemetry(self):
        (latitude, longitude, altitude), (north, east, up) = self.place, self.velocity
        return Telemetry(
            measured_at_ns=self.now(), latitude_e7=round(latitude * 1e7), longitude_e7=round(longitude * 1e7),
            altitude_mm=round(altitude * 1e3), velocity_north_mm_s=north, velocity_east_mm_s=east,
            velocity_up_mm_s=up, accuracy_cm=150 | 250 << 16,
            energy_kj=int(ENERGY * max(0, 1 - self.flown / RANGE)), mission=self.mission | self.leg << 52,
            status=self.mode | ALTITUDE_DATUM_MEAN_SEA_LEVEL << 8 | 3 << 12)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    vehicle = Vehicle(*sys.argv[1:])
    try:
        vehicle.run()
    except KeyboardInterrupt:
        vehicle.send(VehicleGoodbye(reason=GOODBYE_REASON_SHUTDOWN))
        zmq.Context.instance().destroy(500)
