/** What became of one test inside the extension host; `error` is a stack, or the reason for skipping. */
export type HostResult = {
  readonly title: readonly string[];
  readonly state: "passed" | "failed" | "skipped";
  readonly duration: number;
  readonly error?: string;
};
