import type { OwnerRecord, SandboxFiles } from "./files.ts";
import { askOwner } from "./request.ts";
import { readIfThere } from "./state.ts";

/** Who owned the state last; null when nobody ever did or the record is unreadable. */
export function readOwner(files: SandboxFiles): OwnerRecord | null {
  try {
    const record = JSON.parse(readIfThere(files.owner) ?? "null") as Partial<OwnerRecord> | null;
    const complete =
      typeof record?.ownerId === "string" && typeof record.origin === "string" && typeof record.pid === "number";
    return complete && /^http:\/\/127\.0\.0\.1:\d+$/.test(record.origin) ? (record as OwnerRecord) : null;
  } catch {
    return null;
  }
}

/** True when this very owner answers. */
export async function ping(files: SandboxFiles, owner: OwnerRecord): Promise<boolean> {
  const token = readIfThere(files.token);
  if (token === null) return false;
  const answer = await askOwner({
    origin: owner.origin,
    token,
    method: "GET",
    path: "/_sandbox/owner",
    timeout: 2_000,
  });
  return (answer?.body as Partial<OwnerRecord> | null | undefined)?.ownerId === owner.ownerId;
}
