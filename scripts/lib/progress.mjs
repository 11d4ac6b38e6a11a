const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Shows what runs: one live line on a terminal, a line per finished step elsewhere. Goes to stderr: stdout belongs to the command. */
export class Progress {
  constructor(stream = process.stderr) {
    this.stream = stream;
    this.started = new Map();
    this.frame = 0;
  }

  start(name) {
    if (this.started.size === 0 && this.stream.isTTY) this.timer = setInterval(() => this.draw(), 100);
    this.started.set(name, Date.now());
    if (!this.stream.isTTY) this.stream.write(`${name} …\n`);
  }

  done(name, note) {
    const seconds = ((Date.now() - this.started.get(name)) / 1000).toFixed(1);
    this.started.delete(name);
    this.say(`${name}: ${note ?? `${seconds} s`}`);
    if (this.started.size === 0) clearInterval(this.timer);
  }

  say(text) {
    if (this.stream.isTTY) this.stream.write("\r\x1b[K");
    this.stream.write(`${text}\n`);
  }

  draw() {
    const now = Date.now();
    const running = [...this.started].map(([name, since]) => `${name} ${Math.round((now - since) / 1000)} s`);
    const line = `${frames[this.frame++ % frames.length]} ${running.join(" · ")}`;
    this.stream.write(`\r\x1b[K${line.slice(0, (this.stream.columns ?? 80) - 1)}`);
  }
}
