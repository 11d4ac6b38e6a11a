// Each layer names every other layer it may import (ARCHITECTURE.md shows the same table); all else is an error.
const model = ["sizing", "environments"];
const layers = {
  sizing: [],
  environments: ["sizing"],
  "azure/ports": model,
  azure: [...model, "azure/ports"],
  inventory: [...model, "azure/ports"],
  operations: [...model, "azure/ports"],
  bicep: model,
  evidence: [...model, "azure/ports", "inventory", "operations"],
  "tools/core": [...model, "inventory", "operations", "bicep", "evidence"],
  platform: [],
  tree: [...model, "platform", "inventory", "operations"],
  "webviews/protocol": [...model, "operations"],
  "webviews/ui": [...model, "webviews/protocol"],
  "webviews/host": [...model, "platform", "inventory", "operations", "bicep", "evidence", "webviews/protocol"],
  editors: [...model, "platform", "inventory", "bicep", "webviews/host", "webviews/protocol"],
  tools: ["platform", "tools/core"],
  commands: [
    ...[...model, "platform", "inventory", "operations", "bicep", "evidence"],
    ...["tree", "webviews/host", "editors"],
  ],
  cli: [...model, "azure/ports", "azure", "inventory", "operations", "bicep", "evidence", "tools/core"],
};
/** Layers inside another layer's folder: files there are not the outer layer's own. */
const inner = { azure: ["azure/ports"], tools: ["tools/core"] };
const withVscode = ["extension", "platform", "tree", "editors", "webviews/host", "commands", "tools"];

const own = (layer) => `^src/${layer}(/|\\.ts$)`;
const connectors = ["^src/azure/transport\\.ts$", "^src/cli/", own("extension")];
const innerOf = (layer) => (inner[layer] ?? []).map(own);
const known = [...Object.keys(layers), "extension"].map(own);
const vscode = "^vscode$|@types/vscode";
const azureSdk = "(^|node_modules/)@azure/";
const rule = (name, from, to) => ({ name, severity: "error", from, to });

/** What a layer may not reach. An allowed outer layer does not bring the layers inside its folder with it. */
function layerRules([layer, allowed]) {
  const from = { path: own(layer), pathNot: innerOf(layer) };
  const rules = [rule(`layer-${layer}`, from, { path: "^src/", pathNot: [layer, ...allowed].map(own) })];
  const hidden = [layer, ...allowed].flatMap((name) => inner[name] ?? []).filter((name) => !allowed.includes(name));
  const reached = hidden.filter((name) => name !== layer).map(own);
  if (reached.length > 0) rules.push(rule(`layer-${layer}`, from, { path: reached }));
  return rules;
}

module.exports = {
  forbidden: [
    ...Object.entries(layers).flatMap(layerRules),
    rule("sizing-imports-nothing", { path: own("sizing") }, { pathNot: own("sizing") }),
    rule("platform-imports-vscode-only", { path: own("platform") }, { path: "node_modules/", pathNot: vscode }),
    rule("pages-know-no-node", { path: own("webviews/ui") }, { dependencyTypes: ["core"] }),
    rule(
      "protocol-is-types-only",
      { path: own("webviews/protocol") },
      { path: "^src/(sizing|environments|operations)/", dependencyTypesNot: ["type-only"] },
    ),
    rule(
      "vscode-only-where-allowed",
      { path: "^(src|sandbox|scripts)/", pathNot: withVscode.map(own) },
      { path: vscode },
    ),
    rule("tools-core-without-vscode", { path: own("tools/core") }, { path: vscode }),
    rule("azure-sdk-only-in-azure", { path: "^(src|sandbox|scripts)/", pathNot: own("azure") }, { path: azureSdk }),
    rule("ports-are-without-sdk", { path: own("azure/ports") }, { path: azureSdk }),
    rule("sandbox-only-through-connect", { path: "^src/" }, { path: "^sandbox/", pathNot: "^sandbox/connect\\.ts$" }),
    rule("sandbox-only-from-transport-and-cli", { path: "^src/", pathNot: connectors }, { path: "^sandbox/" }),
    rule("sandbox-is-independent", { path: "^sandbox/" }, { path: "^(src|test|scripts)/" }),
    rule("scripts-run-what-is-built", { path: "^scripts/" }, { path: "^(src|sandbox|test)/" }),
    rule("src-never-imports-test-or-scripts", { path: "^src/" }, { path: "^(test|scripts)/" }),
    rule(
      "nobody-imports-the-root",
      { path: "^(src|sandbox|scripts)/", pathNot: own("extension") },
      { path: own("extension") },
    ),
    rule("every-file-has-a-layer", { path: "^src/", pathNot: known }, {}),
    rule("every-file-has-a-layer", { path: "^src/", pathNot: known, orphan: true }, {}),
    rule("every-file-has-a-layer", {}, { path: "^src/", pathNot: known }),
    rule("no-cycles", {}, { circular: true }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".cjs", ".js", ".json"] },
  },
};
