import type { ResourceHead } from "../environments/model.ts";
import { readArmId } from "./armId.ts";
import { text, texts } from "./json.ts";

/**
 * The common part of a resource, from the JSON that ARM's GET and a Resource Graph row share. Null without a usable id:
 * such a row cannot be opened, grouped or changed, so it is left out and counted by the caller.
 */
export function toHead(json: unknown): ResourceHead | null {
  const id = text(json, "id");
  const parts = id === null ? null : readArmId(id);
  if (id === null || parts === null) return null;
  return {
    id,
    name: text(json, "name") ?? parts.name,
    subscriptionId: parts.subscriptionId,
    resourceGroup: parts.resourceGroup,
    location: text(json, "location") ?? "",
    tags: texts(json, "tags"),
  };
}
