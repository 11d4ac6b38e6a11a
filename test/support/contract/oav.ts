import oav from "oav/dist/lib/liveValidation/liveValidator.js";
import { armDocuments, dataPlaneDocuments, documentVersion } from "./documents.ts";
import type { Exchange } from "./exchange.ts";
import { sharpen } from "./sharpen.ts";

/** What a document says about one exchange; null where no document knows the operation. */
export interface DocumentVerdict {
  readonly operationId: string;
  readonly exact: boolean;
  readonly request: readonly string[];
  readonly response: readonly string[];
}

export interface DocumentValidator {
  validate(exchange: Exchange): Promise<DocumentVerdict | null>;
}

type Live = InstanceType<typeof oav.LiveValidator>;

/** Microsoft's LiveValidator over the documents: one for ARM, one for the data planes (it excludes those by default). */
export async function openDocuments(folder: string): Promise<DocumentValidator> {
  const arm = live(folder, armDocuments, "arm");
  const dataPlane = live(folder, dataPlaneDocuments, "dataPlane");
  await Promise.all([arm.initialize(), dataPlane.initialize()]);
  [arm, dataPlane].forEach(({ operationSearcher }) => sharpen(operationSearcher));
  return { validate: (exchange) => judge(isArm(exchange.request.host) ? arm : dataPlane, exchange) };
}

export function isArm(host: string): boolean {
  return host === "management.azure.com";
}

function live(directory: string, documents: readonly string[], plane: "arm" | "dataPlane"): Live {
  const options = {
    directory,
    swaggerPathsPattern: [...documents],
    excludedSwaggerPathsPattern: ["**/examples/**/*", "**/common-types/**"],
    isArmCall: plane === "arm",
    useRelativeSourceLocationUrl: true,
    enableRoundTripValidator: false,
  };
  return new oav.LiveValidator(options, () => undefined);
}

async function judge(validator: Live, exchange: Exchange): Promise<DocumentVerdict | null> {
  const { request, response } = exchange;
  const sent = request.query["api-version"] ?? "";
  const { version, exact } = documentVersion(request.path, sent);
  const query = { ...request.query, "api-version": version };
  const url = `https://${request.host}${documentPath(request)}?${new URLSearchParams(query).toString()}`;
  const result = await validator.validateLiveRequestResponse({
    liveRequest: { method: request.method, url, query, ...payload(request) },
    liveResponse: { statusCode: String(response.status), ...payload(response) },
  });
  const asked = result.requestValidationResult;
  const answered = result.responseValidationResult;
  const exception = asked.runtimeException ?? answered.runtimeException;
  if (exception && notFound.test(exception.code)) return null;
  if (exception) throw new Error(`oav could not judge ${request.method} ${url}: ${exception.message}`);
  const { operationId } = asked.operationInfo;
  return { operationId, exact, request: asked.errors.map(sentence), response: answered.errors.map(sentence) };
}

/** Key Vault documents the newest version as an empty last segment, which no path of oav matches: a version stands in. */
function documentPath({ method, path }: Exchange["request"]): string {
  const plainPath = path.replace(/\/+$/, "");
  return method === "GET" && /^\/keys\/[^/]+$/.test(plainPath) ? `${plainPath}/newest` : plainPath;
}

const notFound = /OPERATION_NOT_FOUND|PROVIDER_NOT_FOUND|API_VERSION/;

interface Issue {
  readonly code: string;
  readonly message: string;
  readonly pathsInPayload: readonly string[];
}

function sentence({ code, message, pathsInPayload }: Issue): string {
  return `${code}: ${message}${pathsInPayload.length > 0 ? ` (${pathsInPayload.join(", ")})` : ""}`;
}

interface Message {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** oav wants `content-type` in lower case and writes into what it is given. Null is no body; a recorded body is JSON. */
function payload({ headers, body }: Message): { headers: Record<string, string>; body?: Record<string, string> } {
  const lower = Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  if (body === undefined || body === null) return { headers: lower };
  const withType = { ...lower, "content-type": lower["content-type"] ?? "application/json" };
  return { headers: withType, body: structuredClone(body) as Record<string, string> };
}
