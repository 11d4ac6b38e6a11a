// node scripts/lint.mjs: every check that does not run the code.
import { checks, inPairs, runCheck } from "./lib/checks.mjs";

await inPairs(checks(), async (check) => {
  const { title, state, error, ms } = await runCheck(check);
  console.log(`${state === "passed" ? "✔" : "✖"} ${title} (${(ms / 1000).toFixed(1)} s)`);
  if (error) console.log(error);
  if (state === "failed") process.exitCode = 1;
});
