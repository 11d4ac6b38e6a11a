import type { State } from "./types.ts";

/** Virtual milliseconds since 1970: a function of the saved epoch and speed, so time runs on between processes. */
export function virtualNow(state: State, realNow: number): number {
  const { realEpoch, virtualEpoch, speed } = state.clock;
  return Math.round(virtualEpoch + (realNow - realEpoch) * speed);
}

/** Moves the clock forward by `milliseconds` of virtual time. */
export function advance(state: State, realNow: number, milliseconds: number): void {
  state.clock = { ...state.clock, realEpoch: realNow, virtualEpoch: virtualNow(state, realNow) + milliseconds };
}

/** Changes how fast virtual time runs from now on, without a jump. */
export function setSpeed(state: State, realNow: number, speed: number): void {
  state.clock = { realEpoch: realNow, virtualEpoch: virtualNow(state, realNow), speed };
}

const durationPattern =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text);
  if (!match || text.length < 3 || text.endsWith("T")) return null;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((weeks! * 7 + days!) * 24 + hours!) * 60 + minutes!) * 60 + seconds!) * 1000;
}
