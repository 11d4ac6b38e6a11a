import { findKey } from "../keyVaultState.ts";
import { metricsState } from "../metricsState.ts";
import type { State } from "../types.ts";
import { addEnvironment } from "./build.ts";
import { demo } from "./demoIds.ts";
import { demoSpecs } from "./demoSpecs.ts";
import { day } from "./spec.ts";
import { emptyState } from "./state.ts";

/** The fleet everybody sees first: twelve environments, each with the trait that its name tells (see demoSpecs.ts). */
export function demoFleet(realNow: number): State {
  const state = emptyState({ seed: 7, realNow });
  addDirectory(state);
  for (const spec of demoSpecs(realNow)) addEnvironment(state, spec, realNow);
  disableClaimsKey(state, realNow);
  withoutMonitoring(state);
  return state;
}

function addDirectory(state: State): void {
  const { contosoTenant, northwindTenant } = demo;
  state.tenants.push(
    { tenantId: contosoTenant, displayName: "Contoso", defaultDomain: "contoso.example" },
    { tenantId: northwindTenant, displayName: "Northwind Traders", defaultDomain: "northwind.example" },
  );
  const open = { state: "Enabled", readable: true };
  state.subscriptions.push(
    { subscriptionId: demo.production, displayName: "Contoso Production", tenantId: contosoTenant, ...open },
    { subscriptionId: demo.northwind, displayName: "Northwind Shared Services", tenantId: northwindTenant, ...open },
    {
      subscriptionId: demo.fabrikam,
      displayName: "Fabrikam Acquisition",
      tenantId: northwindTenant,
      ...open,
      readable: false,
    },
  );
}

/** Why claims-uat is Inaccessible: its only key version was disabled three hours ago. */
function disableClaimsKey(state: State, now: number): void {
  const version = findKey(state, "claims-uat-kv", "engram-cmk")?.key.versions.at(-1);
  if (!version) return;
  version.enabled = false;
  version.updated = now - day / 8;
}

/** The unreadable subscription gives no metrics either. */
function withoutMonitoring(state: State): void {
  metricsState(state).withoutReader.push(demo.fabrikam);
}
