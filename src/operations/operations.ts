import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Azure } from "../azure/ports.ts";
import { Emitter, type Disposable } from "../environments/event.ts";
import type { Environment } from "../environments/model.ts";
import type { PriceTable } from "../sizing/prices.ts";
import { intentKey } from "./hash.ts";
import { Journal, JournalTaken, JournalUnwritable } from "./journal.ts";
import type { LiveRun, Overlay } from "./live.ts";
import { isLocked, lockServer, type Lock } from "./lock.ts";
import type { OperationRecord, Plan, PlanStep } from "./model.ts";
import { makePlan, refusalOf, type PlanDeps } from "./planner.ts";
import { isOpen } from "./records.ts";
import { PlanRefused, type OperationRequest } from "./request.ts";
import { everyAcceptedHappened, resumeSteps, bodyOf } from "./resume.ts";
import { plannedSteps, runSteps, type Run, type RunEnd } from "./run.ts";
import { OperationStore } from "./store.ts";
import { toFailure } from "./context.ts";
import { planWhenReady, runWhenReady, type WaitForReady } from "./waitForReady.ts";

export interface OperationsDeps {
  readonly azure: Azure;
  /** For the sandbox: `sandboxStateDir(…)`, so that its journals never meet Azure's. */
  readonly stateDir: string;
  prices(location: string): Promise<PriceTable>;
  log(line: string): void;
  /** ARM id of a vault by its name, as the inventory knows it. */
  findVault?(name: string): string | null;
  /** Environments of this name, as the inventory knows them: a tag warns of a namesake. */
  findEnvironments?(name: string): readonly Pick<Environment, "id">[];
}

/** Plans, carries out and remembers operations: the one place where Azure is changed. */
export class Operations {
  readonly #deps: OperationsDeps;
  readonly #changed = new Emitter<string>();
  readonly #store: OperationStore;
  readonly #live = new Map<string, LiveRun>();

  constructor(deps: OperationsDeps) {
    this.#deps = deps;
    this.#store = new OperationStore(deps.stateDir, {
      live: (id) => this.#live.get(id) ?? null,
      changed: (id) => this.#changed.fire(id),
      log: (line) => deps.log(line),
      now: () => deps.azure.clock.now(),
    });
  }

  /** Fires with the id of an operation that changed, here or in another process. */
  get onDidChange(): (listener: (id: string) => void) => Disposable {
    return this.#changed.event;
  }

  /**
   * Reads Azure and says what would be done; sends nothing. Throws `PlanRefused` (the request is wrong) or
   * `AzureError` (the server cannot be read). What Azure's state forbids comes back as error findings without steps.
   */
  async plan(request: OperationRequest, environment: Environment): Promise<Plan> {
    await this.#store.refresh();
    await this.#settleDead(environment);
    const isRunning: PlanDeps["isRunning"] = (draft) => this.#store.isOpen(intentKey(draft));
    const undecided = (): OperationRecord | null => this.#openOn(environment)[0] ?? null;
    return makePlan({ ...this.#deps, isRunning, undecided }, request, environment);
  }

  /** Carries a plan out and resolves when it ended or is not followed any more; a failure is a record, not a throw. */
  async run(plan: Plan): Promise<OperationRecord> {
    const id = this.begin(plan);
    await this.#live.get(id)?.done;
    return this.#required(id);
  }

  /**
   * Starts a plan and returns the operation's id at once. The same intent already going on is joined, nothing is sent.
   * Throws `PlanRefused` when there is nothing that may be sent (`serverBusy`: another operation runs on the server).
   */
  begin(plan: Plan): string {
    const refused = refusalOf(plan);
    if (refused !== null) throw refused;
    const first = plan.steps[0];
    if (first === undefined)
      throw new PlanRefused("state", "alreadySo", `${plan.environment.name} already is as asked.`);
    try {
      return this.#joinOrCreate(plan, first.change.id);
    } catch (cause) {
      throw refusedByDisk(cause);
    }
  }

  /** *Wait and continue* before a plan: resolves with one that may run, or after 30 minutes with one that says busy. */
  planWhenReady(wait: WaitForReady): Promise<Plan> {
    return planWhenReady(this, this.#deps.azure, wait);
  }

  /** *Wait and continue* with a confirmed plan that Azure refuses as busy: see `waitForReady.ts`. */
  runWhenReady(plan: Plan, wait: WaitForReady): Promise<OperationRecord> {
    return runWhenReady(this, this.#deps.azure, { plan, wait });
  }

  /** Azure was busy, and everything it accepted is done: the rest may be planned and sent again. */
  isRefusedAsBusy({ id, status, reason }: OperationRecord): boolean {
    if (status !== "failed" || reason !== "busy") return false;
    const entries = this.#store.entries(id);
    return entries !== null && everyAcceptedHappened(entries);
  }

  /** Newest first; what is older than 90 days or beyond the newest 500 only after `loadOlder`. */
  list(): readonly OperationRecord[] {
    return this.#store.list();
  }

  /** Finished operations that are remembered and not listed. */
  get olderCount(): number {
    return this.#store.olderCount;
  }

  loadOlder(): Promise<void> {
    return this.#store.loadOlder();
  }

  get(id: string): OperationRecord | null {
    return this.#store.get(id);
  }

  /** Ends the waiting, not the operation: Azure goes on, the record stays and can be resumed. */
  stopWaiting(id: string): void {
    this.#live.get(id)?.stop();
  }

  /** Resolves when the operation is no longer followed here. */
  async settled(id: string): Promise<OperationRecord> {
    await this.#live.get(id)?.done;
    return this.#required(id);
  }

  /** Goes on with one operation, or with every unfinished one that nobody follows, and waits for it. */
  async resume(id?: string): Promise<readonly OperationRecord[]> {
    const ids = await this.resumeStarted(id);
    return Promise.all(ids.map((one) => this.settled(one)));
  }

  /** The same without waiting: the ids of what is followed or waited for now. Reads only: nothing is ever sent. */
  async resumeStarted(id?: string): Promise<readonly string[]> {
    await this.#store.refresh();
    const open = this.#store.list().filter((one) => isOpen(one) && (id === undefined || one.id === id));
    for (const one of open) {
      if (!this.#live.has(one.id) && !this.#resumeOne(one) && this.#isFollowed(one)) this.#follow(one.id);
    }
    return open.map((one) => one.id);
  }

  /** A journal that was changed from outside is put away as it is; its operation may then be planned again. */
  acknowledge(id: string): void {
    this.#store.acknowledge(id);
  }

  /** Sees what other windows and the command line do. Call once; ends with `dispose`. */
  watch(): Disposable {
    return this.#store.watch();
  }

  /** Ends following. Nothing is lost: the journal is resumed at the next start. */
  dispose(): void {
    for (const run of this.#live.values()) run.stop();
    this.#store.dispose();
    this.#changed.dispose();
  }

  /** What a killed program left: never sent is closed at once, anything else is followed from here (reads only). */
  async #settleDead(environment: Environment): Promise<void> {
    const dead = this.#openOn(environment).filter((one) => !this.#live.has(one.id) && !this.#isFollowed(one));
    for (const { id, status } of dead) await (status === "notStarted" ? this.resume(id) : this.resumeStarted(id));
  }

  #openOn({ id }: Environment): readonly OperationRecord[] {
    return this.#store.open().filter((one) => isOpen(one) && one.environmentId.toLowerCase() === id.toLowerCase());
  }

  #joinOrCreate(plan: Plan, resourceId: string): string {
    const key = intentKey(plan);
    const earlier = this.#store.earlier(key, plan.madeAt);
    if (earlier !== null) return this.#join(earlier);
    const lock = lockServer(this.#deps.stateDir, resourceId);
    if (lock === null) return this.#joinOrRefuse(key, plan);
    return this.#create(plan, key, lock);
  }

  #create(plan: Plan, key: string, lock: Lock): string {
    const { azure, stateDir } = this.#deps;
    const id = newId(plan, azure.clock.now());
    try {
      const journal = Journal.create(stateDir, key, id) ?? Journal.replaceEmpty(stateDir, key, id);
      if (journal === null) return this.#release(lock, () => this.#joinOrRefuse(key, plan));
      const finished = this.#store.earlier(key, plan.madeAt, id);
      if (finished !== null) {
        journal.discard();
        return this.#release(lock, () => this.#join(finished));
      }
      writePlanned(journal, plan, azure);
      this.#start({ journal, steps: plan.steps, lock }, runSteps);
      return id;
    } catch (cause) {
      lock.release();
      throw cause;
    }
  }

  #release(lock: Lock, next: () => string): string {
    lock.release();
    return next();
  }

  #joinOrRefuse(key: string, plan: Plan): string {
    const open = this.#store.earlier(key, plan.madeAt);
    if (open !== null) return this.#join(open);
    throw new PlanRefused(
      "state",
      "serverBusy",
      `Another operation on ${plan.environment.name} is going on; see Operations.`,
    );
  }

  /** Waits with the process that follows it; should that one end, this one follows. */
  #join(id: string): string {
    if (this.#live.has(id)) return id;
    const record = this.#required(id);
    if (record.reason === "tampered") throw new PlanRefused("state", "tampered", record.error?.message ?? record.phase);
    if (isOpen(record)) this.#resumeOne(record) || this.#follow(id);
    return id;
  }

  #follow(id: string): void {
    const controller = new AbortController();
    const done = this.#waitElsewhere(id, controller.signal).finally(() => this.#ended(id));
    this.#live.set(id, { elsewhere: true, phase: "", done, stop: () => controller.abort() });
  }

  async #waitElsewhere(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#store.refresh();
      const record = this.#store.get(id);
      if (record === null || !isOpen(record)) return;
      if (!this.#isFollowed(record)) {
        this.#live.delete(id);
        if (this.#resumeOne(record)) return this.#live.get(id)?.done;
      }
      await realPause(elsewhereMs, signal);
    }
  }

  #isFollowed(record: OperationRecord): boolean {
    return isLocked(this.#deps.stateDir, record.resources[0]?.id ?? "");
  }

  #resumeOne(record: OperationRecord): boolean {
    const { stateDir, azure, log } = this.#deps;
    const path = this.#store.openPath(record.id);
    const resource = record.resources[0]?.id;
    if (path === null || resource === undefined || record.sandbox !== azure.sandbox) return false;
    const lock = lockServer(stateDir, resource);
    if (lock === null) return false;
    try {
      const journal = Journal.reopen(path);
      const planned = bodyOf(journal.entries, "planned");
      if (planned === null) throw new JournalUnwritable("tampered", "The journal has no plan.");
      this.#start({ journal, steps: plannedSteps(planned), lock }, resumeSteps);
      return true;
    } catch (cause) {
      log(`resume ${record.id}: ${toFailure(cause).message}`);
      lock.release();
      return false;
    }
  }

  #start(
    parts: { journal: Journal; steps: readonly PlanStep[]; lock: Lock },
    how: (run: Run) => Promise<RunEnd>,
  ): void {
    const { journal, steps, lock } = parts;
    const { azure, log, stateDir } = this.#deps;
    const controller = new AbortController();
    const live: LiveRun = {
      elsewhere: false,
      phase: "Starting",
      stop: () => controller.abort(),
      done: Promise.resolve(),
    };
    const phase = (text: string): void => {
      if (live.phase === text) return;
      live.phase = text;
      this.#store.own(journal.entries, journal.path);
    };
    this.#live.set(journal.id, live);
    this.#store.own(journal.entries, journal.path);
    const follow = { azure, signal: controller.signal, phase, log: (line: string) => log(`${journal.id} ${line}`) };
    live.done = how({ follow, journal, steps })
      .catch((cause: unknown) => crashed(cause, follow.log))
      .then((end) => this.#finish(journal, end, stateDir))
      .finally(() => {
        lock.release();
        this.#ended(journal.id);
      });
  }

  /** Keeps in memory what a full disk could not take, so that this process tells the truth. */
  #finish(journal: Journal, end: RunEnd | null, stateDir: string): void {
    const written = bodyOf(journal.entries, "ended") !== null;
    if (end?.kind === "ended" && written) journal.finish(stateDir);
    else journal.close();
    this.#store.own(journal.entries, written ? join(stateDir, "done", `${journal.id}.jsonl`) : journal.path);
    if (end !== null && !(end.kind === "ended" && written)) this.#store.remember(journal.id, overlay(end));
  }

  #ended(id: string): void {
    this.#live.delete(id);
    this.#changed.fire(id);
  }

  #required(id: string): OperationRecord {
    const record = this.#store.get(id);
    if (record === null) throw new PlanRefused("usage", "unknownOperation", `There is no operation ${id}.`);
    return record;
  }
}

const elsewhereMs = 500;

function overlay(end: RunEnd): Overlay {
  if (end.kind === "open") return end;
  return { status: end.status, phase: "Ended; the journal could not be written", error: end.error };
}

/** Another process took the journal over: its record is the truth. Anything else unexpected leaves it unknown. */
function crashed(cause: unknown, log: (line: string) => void): RunEnd | null {
  const failure = toFailure(cause);
  log(failure.message);
  if (cause instanceof JournalTaken) return null;
  return { kind: "open", status: "unknown", phase: "Not followed: an unexpected error", error: failure };
}

/** Without a durable record nothing is sent. */
function refusedByDisk(cause: unknown): unknown {
  if (cause instanceof PlanRefused) return cause;
  if (cause instanceof JournalUnwritable) return new PlanRefused("state", cause.code, cause.message);
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PlanRefused("state", "journalUnwritable", `The operation cannot be recorded, so nothing was sent: ${why}`);
}

function newId(plan: Plan, now: Date): string {
  const time = now.toISOString().slice(0, 19).replace(/\D/g, "");
  return `${plan.operation}-${time}-${randomBytes(3).toString("hex")}`;
}

function writePlanned(journal: Journal, plan: Plan, azure: Azure): void {
  const { operation, environment, receipt, madeAt, sandbox } = plan;
  const steps = plan.steps.map(({ change, title, before, expect }) => ({
    change: { ...change },
    title,
    before,
    expect,
  }));
  const body = {
    state: "planned",
    kind: operation,
    environment: environment.name,
    environmentId: environment.id,
  } as const;
  try {
    journal.append(
      { ...body, title: receipt.title, actor: receipt.actor, planHash: plan.planHash, madeAt, sandbox, steps },
      azure.clock.now(),
    );
  } catch (cause) {
    journal.discard();
    throw cause;
  }
}

function realPause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
