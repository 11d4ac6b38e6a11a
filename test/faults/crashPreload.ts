// Loaded by `--import` into the child of the crash loop: ends it by SIGKILL at the Nth external effect. Not part of src.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const at = Number(process.env["CRASH_AT"]);
const when = process.env["CRASH_WHEN"];
let effects = 0;
const pending = new Set<number>();

const die = (): void => process.kill(process.pid, "SIGKILL") as unknown as void;

function counted<A extends unknown[], R>(original: (...args: A) => R, isEffect: (...args: A) => boolean) {
  return (...args: A): R => {
    if (!isEffect(...args)) return original(...args);
    effects += 1;
    if (effects === at && when === "before") die();
    const result = original(...args);
    if (effects === at && when === "after") die();
    return result;
  };
}

const always = (): boolean => true;
const exclusive = (_path: unknown, flags: unknown): boolean =>
  flags === "wx" || (typeof flags === "number" && (flags & fs.constants.O_EXCL) !== 0);

const mutable = fs as unknown as Record<string, (...args: never[]) => unknown>;
mutable["openSync"] = counted(fs.openSync as never, exclusive as never);
mutable["linkSync"] = counted(fs.linkSync as never, always);
mutable["fsyncSync"] = counted(fs.fsyncSync as never, always);
mutable["renameSync"] = counted(fs.renameSync as never, always);
const write = fs.writeSync as (fd: number, bytes: Buffer, offset: number) => number;
// A write is torn in its middle instead of being prevented.
mutable["writeSync"] = (fd: number, bytes: Buffer, offset: number): number => {
  effects += 1;
  if (effects === at && when === "before") {
    write(fd, bytes.subarray(0, Math.floor(bytes.length / 2)), 0);
    die();
  }
  const done = write(fd, bytes, offset);
  if (effects === at && when === "after") die();
  return done;
};
syncBuiltinESMExports();

const send = process.send?.bind(process) as (message: { readonly call?: number; readonly port?: string }) => boolean;
process.send = ((message: { readonly call?: number; readonly port?: string }) => {
  if (message.call === undefined || message.port === "clock.sleep") return send(message);
  effects += 1;
  if (effects === at && when === "before") die();
  if (effects === at && when === "after") pending.add(message.call);
  return send(message);
}) as NonNullable<typeof process.send>;
// First of the listeners: the answer has arrived, nothing has used it yet.
process.on("message", (message: { readonly call: number }) => {
  if (pending.has(message.call)) die();
});
process.on("exit", () => void fs.writeFileSync(process.env["CRASH_COUNT"] as string, String(effects)));
