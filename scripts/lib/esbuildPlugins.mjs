import path from "node:path";
import { at } from "./paths.mjs";

/** One graph of ES modules, entered by these names; each is loaded when first used, and no class is there twice. */
export const lazyEntries = { main: "src/extension/main.ts", azure: "src/azure/index.ts" };

const azureFolder = at("src/azure") + path.sep;

/** Leaves `import()` of the lazy graph's entries in other bundles as a run-time import; anything eager is an error. */
export const lazyByImport = (out) => ({
  name: "lazy-by-import",
  setup(build) {
    const { outdir, format } = build.initialOptions;
    build.onResolve({ filter: /\.ts$/ }, ({ path: name, resolveDir, kind, importer }) => {
      const file = path.resolve(resolveDir, name);
      const entry = Object.keys(lazyEntries).find((one) => at(lazyEntries[one]) === file);
      if (entry === undefined || kind === "entry-point") return undefined;
      if (kind !== "dynamic-import") {
        return {
          errors: [{ text: `Load ${lazyEntries[entry]} with import(): it must not slow what ${importer} is in.` }],
        };
      }
      return format === "esm"
        ? undefined
        : { path: relative(at(outdir), at(out, `lazy/${entry}.mjs`)), external: true };
    });
    build.onResolve({ filter: /^@azure\// }, ({ path: name, importer }) => {
      if (format === "esm" && (importer.startsWith(azureFolder) || importer.includes("node_modules"))) return undefined;
      return {
        errors: [{ text: `${name} would be bundled through ${importer}: only src/azure may import it.` }],
      };
    });
  },
});

function relative(from, to) {
  const distance = path.relative(from, to).replaceAll(path.sep, "/");
  return distance.startsWith(".") ? distance : `./${distance}`;
}

/**
 * VS Code's proxy and certificate support patches `require("https")` and its like (Module._load in
 * vs/workbench/api/node/proxyResolver.ts), by their bare names. An ES module's import would pass it by.
 * `vscode` itself is also only given to a require of the extension.
 */
export const builtinsThroughEntry = {
  name: "builtins-through-entry",
  setup(build) {
    build.onResolve({ filter: /^(node:)?(https?|net|tls)$|^vscode$/ }, ({ path: name }) => ({
      path: name.replace("node:", ""),
      namespace: "through-entry",
    }));
    build.onLoad({ filter: /.*/, namespace: "through-entry" }, ({ path: name }) => ({
      contents: `module.exports = globalThis[Symbol.for("engram.require")](${JSON.stringify(name)});`,
      loader: "js",
    }));
  },
};
