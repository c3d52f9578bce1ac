"""A drone that flies straight lines: python vehicle.py SECRET_FILE [HOST:PORT [PACE]]"""
import sys
import time

import zmq
from keruen.v1 import command_pb2 as c, mission_pb2 as m, session_pb2 as s, telemetry_pb2 as t
DOWN = [s.Welcome, s.StationHeartbeat, s.ClockCorrection, c.Command, m.MissionPart, m.ProgressAck]
FIELDS = [field.name for field in t.Telemetry.DESCRIPTOR.fields]
PARKED, READY, MOVING, SPEED, SCALE = 1, 2, 3, 15e-9, (0.0111, 0.0081, 0.001)  # m/ns, m per unit
key = dict(line.encode().split(b" ", 1) for line in open(sys.argv[1]).read().splitlines())
station, pace = sys.argv[2:] + ["127.0.0.1:7447", 1][len(sys.argv) - 2:]
push, sub = (zmq.Context.instance().socket(kind) for kind in (zmq.PUSH, zmq.SUB))
for topic in 0, int(key[b"id"]):
    sub.subscribe(topic.to_bytes(4, "little"))
for port, socket in enumerate((push, sub), int(station.split(":")[1])):
    socket.curve_secretkey, socket.curve_serverkey = key[b"secret"], key[b"station"]
    socket.curve_publickey, socket.immediate = zmq.curve_public(key[b"secret"]), 1
    socket.connect(f"tcp://{station.split(':')[0]}:{port}")
me = s.Hello(boot=int(time.time()), vehicle_id=int(key[b"id"]), kind=1, payload_capacity_g=5000,
             cargo_volume_l=30, range_m=30000, cruise_speed_mm_s=15000, energy_capacity_kj=5400)
place, items, progress, sent = [434_500_000, 770_400_000, 650_000], [], {}, [0, 0]
mode, leg, arrived, offset, wait, now = PARKED, 0, 0, 0, 0, time.monotonic_ns() * int(pace)
while True:  # once for each message heard and, without one, every `wait` milliseconds
    frame = sub.recv() if sub.poll((wait or 1000) / int(pace)) else bytes(8)
    then, now, was, out = now, time.monotonic_ns() * int(pace), place, []
    d = DOWN[frame[6] - 65].FromString(frame[8:]) if 65 <= frame[6] <= 70 else None
    wait = 0 if getattr(d, "fence", 0) > me.fence else wait  # 0: a station does not know us yet
    match d:
        case s.Welcome(accepted=True):
            wait, me.fence, offset = d.telemetry_interval_ms, d.fence, d.station_time_ns - now
        case s.StationHeartbeat() if wait:
            out = [(3, s.VehicleHeartbeat(nonce=d.nonce, station_time_ns=d.station_time_ns,
                                          received_at_ns=now, sent_at_ns=now))]
        case m.ProgressAck():
            progress.pop((d.mission, d.kind), None)
        case m.MissionPart(parts=1) if mode != MOVING:  # up to 32 items: enough for this drone
            items = [i for i in d.items if i.action != m.MISSION_ACTION_CONTINGENCY]
            me.mission, me.mission_digest, mode, leg = d.mission, d.digest, READY, 0
            out = [(5, m.MissionAck(mission=d.mission, digest=d.digest, result=2))]  # COMPLETE
        case c.Command():  # START is DONE at once, all else REJECTED
            ok = d.kind == 1 and d.mission == me.mission and d.not_after_ns > now + offset
            mode = MOVING if ok and items[leg:] else mode
            out = [(4, c.CommandAck(command_id=d.command_id, stage=5 if ok else 3))]
    here, clock, offset = me.mission | leg << 52, now + offset, getattr(d, "offset_ns", offset)
    if mode == MOVING:
        goal = [getattr(items[leg], name) for name in FIELDS[3:6]]
        meters = sum(((b - a) * k) ** 2 for a, b, k in zip(place, goal, SCALE)) ** 0.5
        share, arrived = min(1, SPEED * (now - then) / (meters or 1)), now if meters else arrived
        place = [a + round((b - a) * share) for a, b in zip(place, goal)]
        if now > arrived + items[leg].duration_ms * 10**6:
            for kind in [{5: 3, 6: 4}.get(items[leg].action, 2)] + [5] * (not items[leg + 1:]):
                progress[here, kind] = 6, m.MissionProgress(mission=here, kind=kind, at_ns=clock)
            leg, arrived, mode = leg + 1, now, MOVING if items[leg + 1:] else PARKED
    north, east, up = (int((b - a) * k * 1e12 / (now - then)) for a, b, k in zip(was, place, SCALE))
    state = [1, 1, clock, *place, east, north, up, 0xfa0096, 0, 5400, mode | 0x3200, 0, 0, here]
    out += [(2, t.Telemetry(**dict(zip(FIELDS, state)))), *progress.values()] if wait else [(1, me)]
    for kind, message in out if push.poll(0, zmq.POLLOUT) else []:
        sent[kind == 2] += 1  # telemetry is counted apart
        message.boot, message.sequence = me.boot, sent[kind == 2]
        push.send(bytes([75, 1, kind, 0]) + message.SerializeToString())
