const rules: readonly (readonly [RegExp, string])[] = [
  [/\bBearer\s+[\w.~+/=-]+/gi, "Bearer ***"],
  // Three base64url parts: a JSON web token, wherever it stands.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "***"],
  [
    /\b(sig|access_token|refresh_token|id_token|client_secret|password|AccountKey|SharedAccessKey)(["']?\s*[=:]\s*["']?)[^&\s"',;]+/gi,
    "$1$2***",
  ],
];

/** Takes tokens, signatures and keys out of a text before it is logged. */
export function redact(text: string): string {
  return rules.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
