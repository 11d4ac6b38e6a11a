import { AzureError } from "./ports.ts";

/** The parts of a resource's ARM id, in the letter case it was written in. */
export interface ArmId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

const pattern = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/[^/]+\/[^/]+\/([^/]+)$/i;

/** Null when it is no id of a resource in a resource group. ARM ids are case-insensitive. */
export function readArmId(id: string): ArmId | null {
  const match = pattern.exec(id);
  return match ? { subscriptionId: match[1]!, resourceGroup: match[2]!, name: match[3]! } : null;
}

/** Throws `AzureError` kind invalid: nothing is sent for an id that cannot be one. */
export function armId(id: string): ArmId {
  const parts = readArmId(id);
  const segments = parts ? Object.values(parts) : [];
  if (parts && segments.every((segment) => segment !== "." && segment !== ".." && !/[?#%\\\s]/.test(segment)))
    return parts;
  throw new AzureError("invalid", `This is no resource id of Azure: ${id.slice(0, 200)}`, {
    code: "InvalidResourceId",
  });
}
