import { AzureError } from "./ports.ts";
import type { RequestKind } from "./requestKind.ts";

/** The error for a request that got no usable answer: network, certificate, time limit, cancelled, or no JSON. */
export function unanswered(thrown: unknown, kind: RequestKind): AzureError {
  const code = codeOf(thrown);
  if (isAbort(thrown)) return aborted(kind, thrown);
  if (code === "PARSE_ERROR" || thrown instanceof SyntaxError) return malformed(kind, "is no JSON", thrown);
  const known = networkSentences.find(({ codes }) => codes.test(code));
  if (known) {
    const sent = known.sent === "no" || kind.access === "read" ? "no" : "unknown";
    return new AzureError(known.kind, known.sentence, { code, sent, cause: thrown });
  }
  if (thrown instanceof TypeError) return malformed(kind, "lacks parts that it must have", thrown);
  return unexplained(thrown, kind, code);
}

/** An answer that cannot be used. For a write Azure has answered, so it may well have acted. */
export function malformed(kind: RequestKind, why: string, cause?: unknown): AzureError {
  const message = `The answer about ${kind.what} ${why}. A proxy or sign-in page may be in the way; try again.`;
  const sent = kind.access === "write" ? "unknown" : "no";
  return new AzureError("malformed", message, { code: "MalformedAnswer", sent, cause });
}

export function timedOut(kind: RequestKind, milliseconds: number): AzureError {
  const seconds = Math.round(milliseconds / 100) / 10;
  const message = `Azure did not answer within ${seconds} s about ${kind.what}. Try again, or check the network.`;
  return new AzureError("timeout", message, { code: "Timeout", sent: kind.access === "write" ? "unknown" : "no" });
}

function aborted(kind: RequestKind, cause: unknown): AzureError {
  const sent = kind.access === "write" ? "unknown" : "no";
  return new AzureError("canceled", `Waiting for ${kind.what} was stopped.`, { code: "Canceled", sent, cause });
}

function unexplained(thrown: unknown, kind: RequestKind, code: string): AzureError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const message = `The request about ${kind.what} failed: ${said}`;
  const sent = kind.access === "write" ? "unknown" : "no";
  return new AzureError("unavailable", message, { code: code || "RequestFailed", sent, cause: thrown });
}

/** VS Code's setting names: reference/ecosystem.md 4.6. `sent: "no"`: nothing had left when it failed. */
const networkSentences: readonly {
  readonly codes: RegExp;
  readonly kind: "offline" | "unavailable" | "timeout";
  readonly sent: "no" | "unknown";
  readonly sentence: string;
}[] = [
  {
    codes: /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA)$/,
    kind: "offline",
    sent: "no",
    sentence:
      "Azure's address could not be found. Check the network, VPN or proxy (VS Code's http.proxy), then refresh.",
  },
  {
    codes: /^(ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|EADDRNOTAVAIL|ENETDOWN)$/,
    kind: "offline",
    sent: "no",
    sentence:
      "Azure could not be reached from here. Check the network, VPN or proxy (VS Code's http.proxy), then refresh.",
  },
  {
    codes: /CERT|^(UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED|ERR_TLS_|ERR_SSL_|EPROTO)/,
    kind: "offline",
    sent: "no",
    sentence:
      "The certificate of the other side is not trusted, so nothing was sent. If a company proxy inspects traffic, install its certificate and keep VS Code's http.systemCertificates on; http.proxyStrictSSL applies to it.",
  },
  {
    codes: /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    kind: "timeout",
    sent: "unknown",
    sentence: "The connection to Azure timed out. Check the network and try again.",
  },
  {
    codes: /^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE|REQUEST_SEND_ERROR|UND_ERR_SOCKET|HPE_.*)$/,
    kind: "unavailable",
    sent: "unknown",
    sentence: "The connection broke before Azure's whole answer had arrived. Try again.",
  },
];

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  if (/^Error reading response as text/.test((thrown as Error).message ?? "")) return "ECONNRESET";
  if (typeof code === "string" && code !== "") return code;
  if (/aborted|socket hang up/i.test((thrown as Error).message ?? "") && !isAbort(thrown)) return "ECONNRESET";
  return cause === undefined ? "" : codeOf(cause);
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}
