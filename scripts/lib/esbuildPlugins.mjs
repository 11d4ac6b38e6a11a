import path from "node:path";
import { at } from "./paths.mjs";

const azureFolder = at("src/azure") + path.sep;
const azureIndex = at("src/azure/index.ts");

/** Leaves `import("…/azure/index.ts")` in the entries as a run-time import of the separate graph; anything eager is an error. */
export const azureByImport = (out) => ({
  name: "azure-by-import",
  setup(build) {
    const distance = path
      .relative(at(build.initialOptions.outdir), at(out, "azure/index.mjs"))
      .replaceAll(path.sep, "/");
    const external = distance.startsWith(".") ? distance : `./${distance}`;
    build.onResolve({ filter: /azure\/index\.ts$/ }, ({ path: name, resolveDir, kind, importer }) => {
      if (path.resolve(resolveDir, name) !== azureIndex || importer.startsWith(azureFolder)) return undefined;
      if (kind === "dynamic-import") return { path: external, external: true };
      return { errors: [{ text: "Load src/azure/index.ts with import(): Azure's SDKs must not slow activation." }] };
    });
    build.onResolve({ filter: /^@azure\// }, ({ path: name, importer }) => ({
      errors: [{ text: `${name} would be bundled into an entry through ${importer}: only src/azure may import it.` }],
    }));
  },
});

/**
 * VS Code's proxy and certificate support patches `require("https")` and its like (Module._load in
 * vs/workbench/api/node/proxyResolver.ts), by their bare names. An ES module's import would pass it by.
 */
export const builtinsThroughEntry = {
  name: "builtins-through-entry",
  setup(build) {
    build.onResolve({ filter: /^(node:)?(https?|net|tls)$/ }, ({ path: name }) => ({
      path: name.replace("node:", ""),
      namespace: "through-entry",
    }));
    build.onLoad({ filter: /.*/, namespace: "through-entry" }, ({ path: name }) => ({
      contents: `module.exports = globalThis[Symbol.for("engram.require")](${JSON.stringify(name)});`,
      loader: "js",
    }));
  },
};
