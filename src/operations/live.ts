import type { Failure } from "./entries.ts";
import type { OperationRecord } from "./model.ts";

/** An operation this process follows or waits for. */
export interface LiveRun {
  /** True while another process follows it and this one only waits with it. */
  readonly elsewhere: boolean;
  phase: string;
  done: Promise<void>;
  stop(): void;
}

/** What this process knows although its journal does not say it. */
export interface Overlay {
  readonly status: OperationRecord["status"];
  readonly phase: string;
  readonly error: Failure;
}
