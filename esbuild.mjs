// node esbuild.mjs            builds what exists into dist/ with source maps
// node esbuild.mjs --package  minified into .tools/package/dist, without source maps and tests
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { builtinsThroughEntry, lazyByImport, lazyEntries } from "./scripts/lib/esbuildPlugins.mjs";

const forPackage = process.argv.includes("--package");
const target = "node22";
const out = forPackage ? ".tools/package/dist" : "dist";

const common = {
  bundle: true,
  platform: "node",
  target,
  minify: forPackage,
  sourcemap: forPackage ? false : "linked",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
};

/** VS Code patches `require`, not `import`: the lazy ES modules get Node's network modules, and `vscode`, through the entry's own require. */
const handOverRequire = 'globalThis[Symbol.for("engram.require")] ??= require;';
const entry = { ...common, format: "cjs", external: ["vscode"], plugins: [lazyByImport(out)] };

const bundles = [
  {
    entryPoints: { extension: "src/extension.ts" },
    ...entry,
    outdir: out,
    outExtension: { ".js": ".cjs" },
    banner: { js: handOverRequire },
  },
  {
    entryPoints: { cli: "src/cli/main.ts" },
    ...entry,
    outdir: out,
    outExtension: { ".js": ".cjs" },
    banner: { js: `#!/usr/bin/env node\n${handOverRequire}` },
  },
  {
    entryPoints: { sandbox: "sandbox/main.ts" },
    ...common,
    format: "cjs",
    outdir: out,
    outExtension: { ".js": ".cjs" },
    banner: { js: "#!/usr/bin/env node" },
  },
  {
    entryPoints: lazyEntries,
    ...common,
    format: "esm",
    splitting: true,
    outdir: `${out}/lazy`,
    outExtension: { ".js": ".mjs" },
    plugins: [builtinsThroughEntry, lazyByImport(out)],
    banner: { js: 'const require = globalThis[Symbol.for("engram.require")];' },
  },
];

if (!forPackage) bundles.push(testBundle());

await Promise.all(bundles.map(buildOne));

async function buildOne(bundle) {
  const absent = Object.values(bundle.entryPoints).filter((file) => !fs.existsSync(file));
  if (absent.length > 0) return console.log(`Not built, because it does not exist yet: ${absent.join(", ")}`);
  // chunks have new names after every change
  if (bundle.outdir !== out) fs.rmSync(bundle.outdir, { recursive: true, force: true });
  report(await build(bundle));
}

/** The suites that run inside the extension host; packages stay in node_modules. */
function testBundle() {
  const folder = "test/extension/host";
  const files = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }) : [];
  const suites = files
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => [`host/${name.replace(/\.ts$/, "").replaceAll(path.sep, "/")}`, path.join(folder, name)]);
  return {
    entryPoints: { host: "test/support/vscode/hostRunner.ts", ...Object.fromEntries(suites) },
    ...common,
    format: "cjs",
    packages: "external",
    outdir: `${out}/test`,
    outExtension: { ".js": ".cjs" },
    plugins: [lazyByImport(out)],
  };
}

function report({ metafile }) {
  const outputs = Object.entries(metafile.outputs).filter(([name]) => !name.endsWith(".map"));
  const bytes = outputs.reduce((sum, [, output]) => sum + output.bytes, 0);
  const [first] = outputs.find(([, output]) => output.entryPoint) ?? outputs[0];
  const more = outputs.length > 1 ? ` and ${outputs.length - 1} more` : "";
  console.log(`${first}${more}: ${Math.round(bytes / 1024)} kB`);
}
