import type { CommandTable } from "../platform/commandTable.ts";
import {
  advanceSandboxClock,
  leaveSandbox,
  openSandbox,
  selectSubscriptions,
  signIn,
  signInToTenant,
} from "./account.ts";
import { configureServer } from "./configureServer.ts";
import type { CommandContext } from "./context.ts";
import { copyHostName } from "./copyHostName.ts";
import { copyId } from "./copyId.ts";
import { makeEnvironment } from "./makeEnvironment.ts";
import { openInPortal } from "./openInPortal.ts";
import { copyOperationId, resumeOperation, showPlan, stopWaiting } from "./operationCommands.ts";
import { refresh } from "./refresh.ts";
import { restartServer } from "./restartServer.ts";
import { scaleCompute } from "./scaleCompute.ts";
import { scaleStorage } from "./scaleStorage.ts";
import { setClass } from "./setClass.ts";
import { clearFilters, filter, groupBy, sortBy } from "./showAs.ts";
import { showLog } from "./showLog.ts";
import { startServer } from "./startServer.ts";
import { stopServer } from "./stopServer.ts";
import { viewJson } from "./viewJson.ts";

/** Every command of the manifest, and nothing else. */
export function commandTable(context: CommandContext): CommandTable {
  return {
    "engram.refresh": refresh(context),
    "engram.signIn": signIn(context),
    "engram.signInToTenant": signInToTenant(context),
    "engram.selectSubscriptions": selectSubscriptions(context),
    "engram.openSandbox": openSandbox(context),
    "engram.leaveSandbox": leaveSandbox(context),
    "engram.advanceSandboxClock": advanceSandboxClock(context),
    "engram.stopServer": stopServer(context),
    "engram.startServer": startServer(context),
    "engram.restartServer": restartServer(context),
    "engram.scaleCompute": scaleCompute(context),
    "engram.scaleStorage": scaleStorage(context),
    "engram.configureServer": configureServer(context),
    "engram.setClass": setClass(context),
    "engram.makeEnvironment": makeEnvironment(context),
    "engram.openInPortal": openInPortal(context),
    "engram.viewJson": viewJson(context),
    "engram.copyId": copyId(context),
    "engram.copyHostName": copyHostName(context),
    "engram.groupBy": groupBy(context),
    "engram.filter": filter(context),
    "engram.clearFilters": clearFilters(context),
    "engram.sortBy": sortBy(context),
    "engram.showPlan": showPlan(context),
    "engram.stopWaiting": stopWaiting(context),
    "engram.resumeOperation": resumeOperation(context),
    "engram.copyOperationId": copyOperationId(context),
    "engram.showLog": showLog(context),
  };
}
