import assert from "node:assert/strict";
import { createFleet } from "../../../sandbox/fleet/generate.ts";
import { demo } from "../../../sandbox/fleet/demoIds.ts";
import type { Resource, SandboxResponse, State } from "../../../sandbox/types.ts";
import { bench, goodToken, start } from "../support.ts";
import type { Bench, Send } from "../support.ts";

export { demo, start };
export const day = 24 * 3600 * 1000;
export const monitorHost = (location: string): string => `${location}.metrics.monitor.azure.com`;
export const vaultHost = (vault: string): string => `${vault}.vault.azure.net`;

/** A sandbox on the demo fleet, or another state, whose caller belongs to every tenant. */
export interface Fleet extends Bench {
  /** The resource with this name. */
  named(name: string): Resource;
  /** Moves the virtual clock. */
  advance(duration: string): Promise<void>;
}

export function fleet(state: State = createFleet({ kind: "demo", realNow: start })): Fleet {
  const own = bench(state);
  const send = (method: string, path: string, more: Send = {}): Promise<SandboxResponse> => {
    const aud = more.host?.endsWith(".vault.azure.net") ? "https://vault.azure.net" : "https://management.azure.com";
    return own.send(method, path, { token: goodToken({ tid: undefined, aud }), ...more });
  };
  return {
    ...own,
    send,
    read: async (id) => (await send("GET", id)).body as Resource,
    named: (name) => {
      const found = Object.values(state.resources).find((each) => each.name === name);
      assert.ok(found, `There is no resource ${name}.`);
      return found;
    },
    advance: async (duration) => {
      const answer = await send("POST", "/_sandbox/clock", { body: { advance: duration } });
      assert.equal(answer.status, 200);
    },
  };
}

/** The rows of a query; asserts that it was answered. */
export async function rows(at: Fleet, query: string): Promise<Record<string, unknown>[]> {
  const answer = await graph(at, { query });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return (answer.body as { data: Record<string, unknown>[] }).data;
}

export function graph(at: Fleet, body: object): Promise<SandboxResponse> {
  return at.send("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01", { body });
}
