import type { Environment } from "../environments/model.ts";

/** `CMK` when the customer's key encrypts both planes; otherwise which side is left out. */
export function keyWord({ server, account }: Environment): string {
  const sides = [server?.encryption.owner, account?.encryption.owner].filter((owner) => owner !== undefined);
  if (sides.every((owner) => owner === "customerKey")) return "CMK";
  if (sides.every((owner) => owner === "serviceKey")) return "service key";
  if (sides.includes("unknown")) return "key unknown";
  return server?.encryption.owner === "customerKey" ? "CMK on server only" : "CMK on storage only";
}

/** Unknown is treated as prod, and says so. */
export function classWord(environment: Pick<Environment, "class">): string {
  return environment.class === "unknown" ? "no class" : environment.class;
}
