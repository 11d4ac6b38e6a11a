// Plain-JavaScript stand-in for the native @vscode/spdlog with the same functions, so that no C++ build is needed.
const fs = require("fs"),
  path = require("path");
const LV = ["trace", "debug", "info", "warning", "error", "critical", "off"],
  all = new Set();
let glevel = 2;
class Logger {
  constructor(type, name, file) {
    this.file = file;
    this.raw = false;
    this.level = glevel;
    all.add(this);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.appendFileSync(file, "");
  }
  getLevel() {
    return this.level;
  }
  setLevel(l) {
    this.level = l;
  }
  setPattern() {}
  clearFormatters() {
    this.raw = true;
  }
  flush() {}
  drop() {
    all.delete(this);
  }
  _w(l, m) {
    if (l < this.level) return;
    try {
      fs.appendFileSync(
        this.file,
        this.raw ? String(m) : `${new Date().toISOString().replace("T", " ").slice(0, 23)} [${LV[l]}] ${m}\n`,
      );
    } catch {}
  }
}
["trace", "debug", "info", "warn", "error", "critical"].forEach((n, l) => {
  Logger.prototype[n] = function (m) {
    this._w(l, m);
  };
});
exports.version = 11100;
exports.Logger = Logger;
exports.setFlushOn = () => {};
exports.setLevel = (l) => {
  glevel = l;
  for (const x of all) x.level = l;
};
exports.createRotatingLogger = async (n, f) => new Logger("rotating", n, f);
exports.createAsyncRotatingLogger = async (n, f) => new Logger("rotating_async", n, f);
