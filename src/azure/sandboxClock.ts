import type { Clock } from "./ports.ts";
import { wait } from "./wallClock.ts";

/** The sandbox's virtual time as its last answer told it, running on in between. */
export class SandboxClock implements Clock {
  private virtual = Date.now();
  private real = performance.now();
  private factor = 1;

  get speed(): number {
    return this.factor;
  }

  now(): Date {
    return new Date(this.virtual + (performance.now() - this.real) * this.factor);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return wait(Math.max(0, milliseconds) / this.factor, signal);
  }

  /** `virtual`: milliseconds since 1970 as the sandbox counts them. */
  sync(virtual: number, speed: number = this.factor): void {
    if (!Number.isFinite(virtual) || !(speed > 0)) return;
    this.virtual = virtual;
    this.real = performance.now();
    this.factor = speed;
  }
}
