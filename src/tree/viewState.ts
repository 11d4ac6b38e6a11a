import type { InventorySnapshot } from "../inventory/inventory.ts";

/** Which welcome view an empty tree shows; the manifest's when-clauses name these words (`engram.state`). */
export type ViewState =
  | "loading"
  | "signedOut"
  | "noTenant"
  | "noSubscription"
  | "noEnvironment"
  | "filteredOut"
  | "misconfigured"
  | "offline"
  | "failed"
  | "ready";

export interface ViewFacts {
  readonly connection: "none" | "connecting" | "open" | "failed";
  readonly failure: unknown;
  readonly snapshot: Pick<InventorySnapshot, "environments" | "problems" | "state" | "error"> | null;
  readonly accounts: number | null;
  readonly subscriptions: number | null;
  readonly shown: number;
}

/** Decides from what is known; as long as something is on its way it is `loading`, never a false "nothing there". */
export function viewState(facts: ViewFacts): ViewState {
  if (facts.connection === "failed") return kindOf(facts.failure);
  const { snapshot } = facts;
  if (snapshot === null) return "loading";
  if (snapshot.environments.length > 0) return facts.shown === 0 ? "filteredOut" : "ready";
  if (snapshot.state === "failed") return kindOf(snapshot.error);
  if (snapshot.state !== "live") return "loading";
  if (facts.accounts === 0) return "signedOut";
  if (facts.subscriptions === 0)
    return snapshot.problems.some(({ remedy }) => remedy === "signIn") ? "noTenant" : "noSubscription";
  return "noEnvironment";
}

function kindOf(error: unknown): ViewState {
  const kind = typeof error === "object" && error !== null && "kind" in error ? error.kind : null;
  if (kind === "misconfigured") return "misconfigured";
  if (kind === "auth") return "signedOut";
  return kind === "offline" || kind === "timeout" ? "offline" : "failed";
}

/** The line above the tree: only why it is not newer. It pushes all rows down, so nothing that soon passes stands there. */
export function freshness(
  snapshot: Pick<InventorySnapshot, "state" | "asOf" | "error"> | null,
  age: (iso: string) => string | null,
): string | null {
  if (snapshot?.state !== "failed") return null;
  const why = snapshot.error?.message ?? null;
  if (snapshot.asOf === null) return why;
  return `Read ${age(snapshot.asOf) ?? ""}. Azure cannot be read just now: ${why ?? "no reason given"}`;
}

/** What is read again every minute is called old only when it is older. */
const oldAfter = 90_000;

/** Whether what is shown comes from an earlier time and is being read again. */
export function isOld(snapshot: Pick<InventorySnapshot, "state" | "asOf"> | null, now: Date): boolean {
  if (snapshot === null || snapshot.asOf === null || snapshot.state === "live") return false;
  return snapshot.state !== "failed" && now.getTime() - Date.parse(snapshot.asOf) > oldAfter;
}
