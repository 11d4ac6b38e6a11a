import { basename, relative } from "node:path";
import type { Connecting } from "./connecting.ts";

/** As it was called, so that a suggested command works when it is copied: `engram-azure`, or `node dist/cli.cjs`. */
export function programName(script = process.argv[1] ?? "engram-azure", folder = process.cwd()): string {
  const name = basename(script);
  if (!/\.[cm]?[jt]s$/.test(name)) return name;
  const near = relative(folder, script);
  return `node ${quoted(near.startsWith("..") ? script : near)}`;
}

/** The command that goes on with an operation, against the same Azure. */
export function resumeCommand(id: string, { sandbox, stateFile, identity }: Connecting): string {
  const where = [
    ...(sandbox ? ["--sandbox"] : []),
    ...(stateFile === null ? [] : ["--sandbox-state", quoted(stateFile)]),
    ...(identity === null ? [] : ["--identity", quoted(identity)]),
  ];
  return [programName(), "operations resume", id, ...where].join(" ");
}

/** For a POSIX shell; quotation marks around a plain path would only be noise. */
export function quoted(text: string): string {
  return /^[\w./:\\@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
