// Runs inside the extension host (extensionTestsPath): activates both extensions once and says what it took.
const fs = require("node:fs");
const Module = require("node:module");
const vscode = require("vscode");

exports.run = async () => {
  const result = process.env.BENCH_RESULT;
  const found = await measure(result).catch((error) => ({ error: String(error.stack) }));
  fs.writeFileSync(`${result}.new`, JSON.stringify(found));
  fs.renameSync(`${result}.new`, result);
};

async function measure(result) {
  const order = fs.readFileSync(`${result}.order`, "utf8");
  // the window has other things to do at first
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const loaded = watchLoads();
  const ids = { empty: "bench.empty", ours: "zimaxnetworks.engram-azure" };
  const times = {};
  for (const name of order === "empty first" ? ["empty", "ours"] : ["ours", "empty"]) {
    times[name] = await activate(ids[name]);
  }
  return { ...times, loaded: [...loaded] };
}

async function activate(id) {
  const extension = vscode.extensions.getExtension(id);
  if (!extension) throw new Error(`${id} is not installed.`);
  if (extension.isActive) throw new Error(`${id} is active already.`);
  const [start, used] = [performance.now(), processorTime()];
  await extension.activate();
  return { wall: performance.now() - start, processor: processorTime() - used };
}

/** Of this thread, in milliseconds: what a busy machine does not change. */
function processorTime() {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Everything that is resolved from now on, by require and by import alike. */
function watchLoads() {
  const files = [];
  Module.registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      files.push(found.url);
      return found;
    },
  });
  return files;
}
