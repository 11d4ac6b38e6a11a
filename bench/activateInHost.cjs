// Runs inside the extension host (extensionTestsPath): activates both extensions once and says what it took.
const fs = require("node:fs");
const inspector = require("node:inspector");
const path = require("node:path");
const { fileURLToPath } = require("node:url");
const vscode = require("vscode");

const ownId = "zimaxnetworks.engram-azure";

exports.run = async () => {
  const result = process.env.BENCH_RESULT;
  const found = await measure().catch((error) => ({ error: String(error.stack) }));
  fs.writeFileSync(`${result}.new`, JSON.stringify(found));
  fs.renameSync(`${result}.new`, result);
};

async function measure() {
  // the window has other things to do at first
  await new Promise((resolve) => setTimeout(resolve, 1500));
  // whoever is activated first pays for what all need: that is neither of the two
  await activate("bench.first");
  const before = await activate("bench.before");
  const ours = await activate(ownId);
  const after = await activate("bench.after");
  // what activation began without waiting for it counts as loaded by it
  await new Promise((resolve) => setTimeout(resolve, 500));
  const loaded = loadedFrom(vscode.extensions.getExtension(ownId).extensionPath);
  return { ours, empty: [before, after], loaded };
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

/** The extension's own files among all that V8 has compiled, by require or import alike; asked after the clock stopped. */
function loadedFrom(folder) {
  const files = new Set();
  const session = new inspector.Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params: { url } }) => {
    files.add(url.startsWith("file:") ? fileURLToPath(url) : url);
  });
  session.post("Debugger.enable");
  session.disconnect();
  return [...files].filter((file) => file.startsWith(folder + path.sep)).map((file) => path.relative(folder, file));
}
