import { advance, parseDuration, setSpeed } from "./clock.ts";
import { faultsOf, parseFaults } from "./faults.ts";
import type { ExchangeLog } from "./log.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse } from "./types.ts";
import { secondActor } from "./secondActor.ts";
import type { KernelWorld } from "./world.ts";

export interface Control {
  readonly world: KernelWorld;
  readonly log: ExchangeLog;
  readonly realNow: () => number;
}

/**
 * The sandbox's own endpoints; they need the sandbox token only and are not in the exchange log.
 * `GET log` · `GET|POST clock {"advance": "PT24H"?, "speed": 60?}` · `GET|POST faults [rules]` · `POST world {…}` (see secondActor).
 */
export function control(request: SandboxRequest, control: Control): SandboxResponse {
  const name = request.path.slice("/_sandbox/".length);
  const handler = endpoints[`${request.method} ${name}`];
  if (!handler) return armError(404, "NotFound", `The sandbox has no endpoint ${request.method} ${request.path}.`);
  try {
    return handler(request.body, control);
  } catch (error) {
    return armError(400, "BadRequest", (error as Error).message);
  }
}

const endpoints: Readonly<Record<string, (body: unknown, control: Control) => SandboxResponse>> = {
  "GET log": (_body, { log }) => ({ status: 200, body: log.entries() }),
  "GET clock": (_body, control) => clockAnswer(control),
  "POST clock": moveClock,
  "GET faults": (_body, { world }) => ({ status: 200, body: faultsOf(world.state) }),
  "POST faults": setFaults,
  "POST world": (body, { world }) => {
    const answer = secondActor(body, world);
    world.runDue();
    return answer;
  },
};

function setFaults(body: unknown, { world }: Control): SandboxResponse {
  const rules = parseFaults(body);
  world.state.services["faults"] = rules;
  world.changed();
  return { status: 200, body: { rules: rules.length } };
}

function moveClock(body: unknown, control: Control): SandboxResponse {
  const { world, realNow } = control;
  const { advance: by, speed, ...rest } = (body ?? {}) as { advance?: unknown; speed?: unknown };
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw new Error(`The clock knows advance and speed, not ${unknown}.`);
  const milliseconds = by === undefined ? 0 : typeof by === "string" ? parseDuration(by) : null;
  if (milliseconds === null) throw new Error('advance is an ISO 8601 duration such as "PT24H".');
  if (speed !== undefined && !(typeof speed === "number" && speed > 0)) throw new Error("speed is a number above 0.");
  if (typeof speed === "number") setSpeed(world.state, realNow(), speed);
  advance(world.state, realNow(), milliseconds);
  world.changed();
  world.runDue();
  return clockAnswer(control);
}

function clockAnswer({ world }: Control): SandboxResponse {
  const now = world.now();
  return { status: 200, body: { now: new Date(now).toISOString(), epochMs: now, speed: world.speed } };
}
