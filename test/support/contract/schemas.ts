import { readdirSync, readFileSync } from "node:fs";
import { z } from "zod";
import { bentByFault } from "./exchange.ts";
import type { Exchange } from "./exchange.ts";

/** A checked-in description of an operation that has no OpenAPI document in the folder: `test/contract/schemas/*.json`. */
export interface OperationSchema {
  readonly operationId: string;
  /** Where the shape was read. */
  readonly source: string;
  readonly method: string;
  readonly host: string;
  /** Regular expression over the path, without regard to case. */
  readonly path: string;
  readonly apiVersions: readonly string[];
  /** JSON schema of the query, every value a string. */
  readonly query: object;
  readonly requestBody?: object;
  /** JSON schema of the body by status; null: no body. Errors have the envelope, asserted for every answer. */
  readonly responses: Readonly<Record<string, object | null>>;
}

export interface SchemaVerdict {
  readonly operationId: string;
  readonly request: readonly string[];
  readonly response: readonly string[];
}

export type SchemaValidator = (exchange: Exchange) => SchemaVerdict | null;

const folder = new URL("../../contract/schemas/", import.meta.url);

export function readSchemas(): readonly OperationSchema[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return files.flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as OperationSchema[]);
}

export function openSchemas(schemas: readonly OperationSchema[] = readSchemas()): SchemaValidator {
  const compiled = schemas.map(compile);
  return (exchange) => compiled.find((one) => one.matches(exchange))?.judge(exchange) ?? null;
}

interface Compiled {
  matches(exchange: Exchange): boolean;
  judge(exchange: Exchange): SchemaVerdict;
}

type Check = (value: unknown) => string[];

function compile(schema: OperationSchema): Compiled {
  const host = new RegExp(`^${schema.host}$`, "i");
  const path = new RegExp(`^${schema.path}$`, "i");
  const query = check(schema.query, "query");
  const requestBody = schema.requestBody ? check(schema.requestBody, "body") : noBody;
  const responses = new Map(
    Object.entries(schema.responses).map(([status, body]) => [status, body ? check(body, "body") : noBody]),
  );
  return {
    matches: ({ request }) => request.method === schema.method && host.test(request.host) && path.test(request.path),
    judge: (exchange) => ({
      operationId: schema.operationId,
      request: [
        ...versionIssues(schema, exchange),
        ...query(exchange.request.query),
        ...requestBody(exchange.request.body),
      ],
      response: bentByFault(exchange) ? [] : answerIssues(responses, exchange),
    }),
  };
}

function check(schema: object, where: string): Check {
  const parser = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  return (value) => {
    const result = parser.safeParse(value ?? null);
    return (result.error?.issues ?? []).map(
      ({ code, message, path }) => `${code}: ${message} (${[where, ...path].join("/")})`,
    );
  };
}

const noBody: Check = (value) =>
  value === undefined || value === null ? [] : ["unexpected_body: no body is defined here"];

function versionIssues({ apiVersions }: OperationSchema, { request }: Exchange): string[] {
  const sent = request.query["api-version"] ?? "none";
  return apiVersions.includes(sent) ? [] : [`api_version: ${sent} is none of ${apiVersions.join(", ")}`];
}

/** Statuses from 400 on are judged by the envelope alone, as oav's `default` does. */
function answerIssues(responses: ReadonlyMap<string, Check>, { response }: Exchange): string[] {
  const judge = responses.get(String(response.status));
  if (judge) return judge(response.body);
  return response.status >= 400
    ? []
    : [`undefined_status: ${response.status} is none of ${[...responses.keys()].join(", ")}`];
}
