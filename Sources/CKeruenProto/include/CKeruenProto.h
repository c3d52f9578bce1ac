// Everything protoc-c made, in one header. Written by Proto/generate.
#include "command.pb-c.h"
#include "mission.pb-c.h"
#include "session.pb-c.h"
#include "telemetry.pb-c.h"
