// node scripts/bench.mjs [--json] [--only NAME,…]: sets up, packages, measures. Goals missed never fail it.
import { childEnvironment, node } from "./lib/node.mjs";
import { attach, capture, endWithChildren } from "./lib/processes.mjs";
import { setUp } from "./lib/setup.mjs";

endWithChildren();
try {
  for (const note of await setUp({ test: true })) console.error(note);
  // what users get is measured; the build shown on stdout would spoil the JSON
  await capture(node(), ["esbuild.mjs"]);
  await capture(node(), ["scripts/package.mjs"]);
  const options = { env: childEnvironment(), shell: false };
  process.exitCode = await attach(node(), ["bench/main.ts", ...process.argv.slice(2)], options);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
