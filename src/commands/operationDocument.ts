import { plainText } from "../environments/text.ts";
import type { OperationRecord } from "../operations/model.ts";
import { statusWord } from "../tree/operationRows.ts";

/** An operation as a document: what was done to which resource, and what a fresh read showed afterwards. */
export function operationDocument(record: OperationRecord): string {
  const { title, environment, startedAt, endedAt, phase, error, resources, id, sandbox } = record;
  return [
    ...(sandbox ? ["> SANDBOX: a local Azure. Nothing leaves this machine.", ""] : []),
    `# ${plainText(title)}`,
    "",
    `Environment: ${plainText(environment)}  `,
    `Status: ${statusWord(record)}  `,
    `Phase: ${plainText(phase)}  `,
    `Started: ${startedAt}  `,
    `Ended: ${endedAt ?? "not yet"}  `,
    `Operation: \`${id}\``,
    "",
    "The plan was shown and confirmed in another window or on the command line. Its text and its `az` lines are not kept; this is what the journal has of each resource, before the operation and as a fresh read showed it afterwards.",
    "",
    ...(error === null ? [] : [`Error: \`${plainText(error.code)}\` ${plainText(error.message, 2000)}`, ""]),
    ...resources.flatMap((resource) => [
      `## ${plainText(resource.id)}`,
      "",
      "```json",
      JSON.stringify({ before: resource.before, after: resource.after }, null, 2),
      "```",
      "",
    ]),
  ].join("\n");
}
