import { bentByFault, sentByProduct } from "./exchange.ts";
import type { CountedExchange, Exchange } from "./exchange.ts";
import { openDocuments } from "./oav.ts";
import { ownRules } from "./rules.ts";
import { openSchemas } from "./schemas.ts";

/** Which kind of truth judged an exchange. `nearest`: a document of a neighbouring api-version; `none`: nothing knows it. */
export type Basis = "document" | "nearest" | "schema" | "none";

export interface Verdict {
  readonly operationId: string;
  readonly basis: Basis;
  readonly violations: readonly string[];
  /** The request was wrong and was refused, as Azure would; no client of ours sent it. */
  readonly refused: boolean;
}

export interface ContractValidator {
  validate(exchange: Exchange): Promise<Verdict>;
}

/** Documents first, checked-in schemas for the rest, our own rules for every exchange. */
export async function openContract(specs: string): Promise<ContractValidator> {
  const documents = await openDocuments(specs);
  const schemas = openSchemas();
  return {
    validate: async (exchange) => {
      const byDocument = await documents.validate(exchange);
      if (byDocument) return verdict(exchange, { ...byDocument, basis: byDocument.exact ? "document" : "nearest" });
      const bySchema = schemas(exchange);
      if (bySchema) return verdict(exchange, { ...bySchema, basis: "schema" });
      const name = `${exchange.request.method} ${exchange.request.host}${exchange.request.path}`;
      return verdict(exchange, {
        operationId: name,
        basis: "none",
        request: ["unknown: neither document nor schema"],
        response: [],
      });
    },
  };
}

interface Judged {
  readonly operationId: string;
  readonly basis: Basis;
  readonly request: readonly string[];
  readonly response: readonly string[];
}

/**
 * A wrong request counts unless it was refused (4xx) and not ours: tests play wrong clients on purpose, the product may
 * never send such a thing. An answer bent by an injected fault is exempt.
 */
function verdict(exchange: Exchange, { operationId, basis, request, response }: Judged): Verdict {
  const bent = bentByFault(exchange);
  const { status } = exchange.response;
  const refused = request.length > 0 && !bent && status >= 400 && status < 500 && !sentByProduct(exchange);
  const asked =
    refused || (bent && !sentByProduct(exchange))
      ? []
      : request.filter((issue) => !isKnown(operationId, issue) && !isIgnored(exchange, issue));
  const answered = bent ? [] : response.filter((issue) => !isKnown(operationId, issue));
  const violations = [...asked.map((issue) => `request ${issue}`), ...answered.map((issue) => `answer ${issue}`)];
  return { operationId, basis, violations: [...violations, ...ownRules(exchange)], refused };
}

interface Deviation {
  readonly operationId: RegExp;
  readonly issue: RegExp;
  readonly why: string;
}

/** Where Azure itself does not keep to its document. Each has a reason; a planted answer shows that nothing else passes. */
export const knownDeviations: readonly Deviation[] = [
  {
    operationId: /^(Subscriptions_List|Tenants_List)$/,
    issue: /OBJECT_MISSING_REQUIRED_PROPERTY: Missing required property: nextLink/,
    why: "the document requires nextLink, but a list ends with the page that has none",
  },
  {
    operationId: /^(Servers|Replicas)_/,
    issue: /ENUM_MISMATCH: No enum match for: Disabled \(.*highAvailability\/mode\)/,
    why: "servers without HA say mode Disabled: in the official 2022-12-01 document's enum and in its answers since, only the SDK's list of 2025-08-01 (and so the derived document) leaves it out",
  },
  {
    operationId: /./,
    issue: /INVALID_RESPONSE_CODE: The swagger file does not define '[45]\d\d' response code/,
    why: "documents without a `default` answer name no error; the envelope is asserted by our own rules",
  },
  {
    operationId: /^Resources$/,
    issue:
      /INVALID_TYPE: Expected type object but found type (integer|string) \(\/error\/details\/\d+\/(line|characterPositionInLine|token)/,
    why: "Azure says where a query is wrong by line, position and token (issues Azure/azure-powershell#13762, Azure/aztfexport#485); the document wants every further detail to be an object",
  },
  {
    operationId: /^Metrics_List$/,
    issue:
      /OBJECT_ADDITIONAL_PROPERTIES: Additional properties not allowed: error|OBJECT_MISSING_REQUIRED_PROPERTY.*: (code|message)$/,
    why: "the document has Insights' own bare { code, message }; what ARM refuses before Insights sees it has ARM's envelope",
  },
];

function isKnown(operationId: string, issue: string): boolean {
  return knownDeviations.some((one) => one.operationId.test(operationId) && one.issue.test(issue));
}

/** Azure ignores read-only properties of a request, so a test may send back what it read; the product may not. */
function isIgnored(exchange: Exchange, issue: string): boolean {
  return issue.startsWith("READONLY_PROPERTY_NOT_ALLOWED_IN_REQUEST") && !sentByProduct(exchange);
}

export interface ReportRow {
  readonly operationId: string;
  readonly status: number;
  readonly basis: Basis;
  readonly count: number;
  readonly refused: number;
  readonly bent: number;
}

export interface ContractReport {
  readonly rows: readonly ReportRow[];
  readonly violations: readonly string[];
  /** Operations that the product itself sent, by their ids. */
  readonly sentByProduct: ReadonlySet<string>;
  readonly total: number;
}

export async function judgeAll(
  contract: ContractValidator,
  exchanges: readonly CountedExchange[],
): Promise<ContractReport> {
  const rows = new Map<string, ReportRow>();
  const violations = new Map<string, number>();
  const byProduct = new Set<string>();
  for (const { exchange, count } of exchanges) {
    const judged = await contract.validate(exchange);
    addRow(rows, { exchange, count, judged });
    if (sentByProduct(exchange)) byProduct.add(judged.operationId);
    for (const one of judged.violations) {
      const text = `${judged.operationId} ${exchange.response.status}: ${one}`;
      violations.set(text, (violations.get(text) ?? 0) + count);
    }
  }
  const total = exchanges.reduce((sum, { count }) => sum + count, 0);
  const listed = [...violations].map(([text, count]) => `${count} × ${text}`);
  return { rows: [...rows.values()].sort(byName), violations: listed, sentByProduct: byProduct, total };
}

function addRow(rows: Map<string, ReportRow>, seen: CountedExchange & { readonly judged: Verdict }): void {
  const { exchange, count, judged } = seen;
  const operationId = judged.basis === "none" ? "(unknown to every document and schema)" : judged.operationId;
  const key = `${operationId} ${exchange.response.status} ${judged.basis}`;
  const row = rows.get(key) ?? {
    operationId,
    status: exchange.response.status,
    basis: judged.basis,
    count: 0,
    refused: 0,
    bent: 0,
  };
  rows.set(key, {
    ...row,
    count: row.count + count,
    refused: row.refused + (judged.refused ? count : 0),
    bent: row.bent + (bentByFault(exchange) ? count : 0),
  });
}

function byName(left: ReportRow, right: ReportRow): number {
  return left.operationId.localeCompare(right.operationId) || left.status - right.status;
}

/** The table that the suite prints: every operation listed and counted. */
export function reportText({ rows, total }: ContractReport): string {
  const lines = rows.map(({ operationId, status, basis, count, refused, bent }) => {
    const notes = [
      refused > 0 ? `${refused} wrong requests refused` : "",
      bent > 0 ? `${bent} answers bent by a fault` : "",
    ];
    return `  ${operationId.padEnd(52)} ${status}  ${basis.padEnd(8)} ${String(count).padStart(6)}  ${notes.filter(Boolean).join(", ")}`.trimEnd();
  });
  const sums = (["document", "nearest", "schema", "none"] as const).map((basis) => `${basis} ${sum(rows, basis)}`);
  return [`${total} exchanges: ${sums.join(", ")}`, ...lines].join("\n");
}

function sum(rows: readonly ReportRow[], basis: Basis): number {
  return rows.filter((row) => row.basis === basis).reduce((count, row) => count + row.count, 0);
}
