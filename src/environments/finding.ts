import type { Finding } from "./model.ts";

type Make = (code: string, message: string, source?: string | null) => Finding;

/** A finding by severity: `finding.warning("code", "A sentence.", sources.stop)`. */
export const finding: Readonly<Record<Finding["severity"], Make>> = {
  error: (code, message, source = null) => ({ code, severity: "error", message, source }),
  warning: (code, message, source = null) => ({ code, severity: "warning", message, source }),
  info: (code, message, source = null) => ({ code, severity: "info", message, source }),
};
