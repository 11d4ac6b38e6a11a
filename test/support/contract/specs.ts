import { missingSpecs, specsFolder } from "./documents.ts";
import { skipBecause } from "../skip.ts";

/** The documents' folder. Without it the suite fails in CI and is skipped, with the reason printed, elsewhere. */
export function specsOrSkip(context: Mocha.Context): string {
  const folder = specsFolder();
  if (folder !== null) return folder;
  if (process.env["CI"] === "true") throw new Error(`CI checks the contract, but ${missingSpecs}`);
  skipBecause(context, missingSpecs);
}
