import { statSync } from "node:fs";
import { figure, type Figure } from "./figure.ts";

/** The file that users download. */
export async function packageSize(): Promise<readonly Figure[]> {
  const { size } = statSync(new URL("../dist/engram-azure.vsix", import.meta.url));
  return [figure({ name: "packaged extension (VSIX)", value: size / 1e6, unit: "MB", goal: 1 })];
}
