import type { Environment, EnvironmentClass, Finding, ResourceHead } from "./model.ts";
import type { Draft } from "./draft.ts";

export const environmentTag = "engram-environment";
export const classTag = "engram-class";

/** The classes a tag or the team's file may name. */
export const classes = ["dev", "test", "uat", "prod"] as const;

/** Value of `engram-environment`, trimmed; null without one. Tag names are case-insensitive in Azure. */
export function nameTag(resource: ResourceHead): string | null {
  return tagValue(resource, environmentTag);
}

interface JudgedClass {
  readonly class: EnvironmentClass;
  readonly from: Environment["classFrom"];
  readonly findings: readonly Finding[];
}

/**
 * The class of an environment: the file's, else the server's tag, else the account's. Only the four words count
 * (letter case ignored); anything else, and two tags that disagree, are `unknown`, which every guard treats as prod.
 */
export function classOf(draft: Pick<Draft, "pin" | "server" | "account">): JudgedClass {
  if (draft.pin) return { class: draft.pin.class, from: "file", findings: [] };
  const values = [draft.server, draft.account].map((one) => (one === null ? null : tagValue(one, classTag)));
  const [first, second] = values.filter((value) => value !== null);
  if (first === undefined) return { class: "unknown", from: "none", findings: [] };
  if (second !== undefined && second.toLowerCase() !== first.toLowerCase()) return disagree(first, second);
  const word = classes.find((one) => one === first.toLowerCase());
  return word ? { class: word, from: "tag", findings: [] } : oddWord(first);
}

function disagree(first: string, second: string): JudgedClass {
  const message =
    `The server's tag ${classTag} says "${first}" and the storage account's says "${second}": ` +
    "the class is unknown and counts as prod.";
  return { class: "unknown", from: "tag", findings: [warning("classTagsDisagree", message)] };
}

function oddWord(value: string): JudgedClass {
  const message = `The tag ${classTag} says "${value}", not dev, test, uat or prod: the class is unknown and counts as prod.`;
  return { class: "unknown", from: "tag", findings: [warning("classTagUnknown", message)] };
}

function warning(code: string, message: string): Finding {
  return { code, severity: "warning", message, source: null };
}

/** Reads own entries only, so that hostile names (`__proto__`) are just names. */
function tagValue(resource: ResourceHead, name: string): string | null {
  const found = Object.entries(resource.tags).find(([key]) => key.toLowerCase() === name);
  const value = typeof found?.[1] === "string" ? found[1].trim() : "";
  return value === "" ? null : value;
}
