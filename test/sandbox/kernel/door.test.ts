import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { doorLimits } from "../../../sandbox/server.ts";
import { ask, foreign, folder } from "./process.ts";
import type { Folder, Launched } from "./process.ts";

describe("the door of the sandbox's process", function () {
  this.timeout(30_000);
  let place: Folder;
  let owner: Launched;
  let token: string;
  const log = async () =>
    JSON.parse(
      (await ask(`${owner.origin}/_sandbox/log`, { headers: { "X-Sandbox-Token": token } })).text,
    ) as unknown[];

  before(async () => {
    place = folder();
    owner = await place.launch("--fleet", "demo");
    token = readFileSync(owner.tokenFile, "utf8");
  });
  after(() => place.remove());

  it("keeps a token of 256 bits in a file that only its owner may read, and not in its arguments", () => {
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.equal(statSync(owner.tokenFile).mode & 0o777, 0o600);
    assert.equal(statSync(place.stateFile).mode & 0o777, 0o600);
    assert.ok(!owner.child.spawnargs.join(" ").includes(token));
  });

  it("lets nobody in without the token, and tells no more", async () => {
    for (const headers of [
      {},
      { "X-Sandbox-Token": "" },
      { "X-Sandbox-Token": token.slice(1) },
      { "X-Sandbox-Token": `${token}0` },
    ]) {
      const answer = await ask(`${owner.origin}/subscriptions?api-version=2022-12-01`, {
        headers: headers,
      });
      assert.deepEqual([answer.status, answer.text], [401, ""]);
    }
    assert.deepEqual(await log(), []);
  });

  it("refuses another Host before it looks at the token", async () => {
    for (const Host of ["evil.example", "localhost", `127.0.0.1:1`, "127.0.0.1.evil.example"]) {
      for (const given of [{}, { "X-Sandbox-Token": token }]) {
        const answer = await ask(`${owner.origin}/_sandbox/log`, {
          headers: { Host, ...given },
        });
        assert.deepEqual([answer.status, answer.text], [403, ""]);
      }
    }
    const port = new URL(owner.origin).port;
    assert.equal(
      (await ask(`${owner.origin}/_sandbox/log`, { headers: { Host: `localhost:${port}`, "X-Sandbox-Token": token } }))
        .status,
      200,
    );
  });

  it("refuses browsers: any Origin, any preflight", async () => {
    for (const Origin of ["http://127.0.0.1", "null", owner.origin]) {
      assert.equal(
        (await ask(`${owner.origin}/_sandbox/log`, { headers: { Origin, "X-Sandbox-Token": token } })).status,
        403,
      );
    }
    const preflight = await ask(`${owner.origin}/_sandbox/log`, {
      method: "OPTIONS",
      headers: { "X-Sandbox-Token": token },
    });
    assert.equal(preflight.status, 405);
    assert.ok(!Object.keys(preflight.headers).some((name) => name.startsWith("access-control")));
  });

  it("takes JSON bodies only, up to 4 MB, for hosts it knows", async () => {
    const url = `${owner.origin}/_sandbox/faults`;
    const send = (headers: Record<string, string>, body: string) =>
      ask(url, { method: "POST", headers: { "X-Sandbox-Token": token, ...headers }, body });
    assert.equal((await send({ "Content-Type": "text/plain" }, "[]")).status, 415);
    assert.equal((await send({ "Content-Type": "application/json" }, "[")).status, 400);
    assert.equal(
      (await send({ "Content-Type": "application/json" }, `["${"x".repeat(4 * 1024 * 1024)}"]`)).status,
      413,
    );
    assert.equal(
      (await send({ "Content-Type": "application/json", "X-Forwarded-Host": "login.microsoftonline.com" }, "[]"))
        .status,
      400,
    );
    assert.equal((await send({ "Content-Type": "application/json; charset=utf-8" }, "[]")).status, 200);
  });

  it("listens on the loopback address only", async () => {
    const port = Number(new URL(owner.origin).port);
    const others = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .filter((one) => !one.internal && one.family === "IPv4");
    const addresses = ["127.0.0.2", ...others.map((one) => one.address)];
    assert.equal(await reachable("127.0.0.1", port), true);
    for (const address of addresses) assert.equal(await reachable(address, port), false, address);
  });

  it("lets go of a client that never finishes its headers", async () => {
    const socket = connectSocket({ host: "127.0.0.1", port: Number(new URL(owner.origin).port) });
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString("utf8")));
    socket.write("GET /subscriptions HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ");
    await new Promise((resolve) => socket.once("close", resolve));
    assert.match(answer, /^HTTP\/1\.1 408 /);
  });

  it("holds a limited number of connections, and lives on when they end", async () => {
    const port = Number(new URL(owner.origin).port);
    const sockets = await Promise.all(Array.from({ length: doorLimits.connections }, () => opened(port)));
    const dropped = await opened(port);
    await new Promise((resolve) => dropped.once("close", resolve));
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve).destroy())));
    while ((await log().catch(() => null)) === null);
  });

  it("does on the wire what a fault asks for", async () => {
    const client = foreign({ origin: owner.origin, token });
    const path = "/subscriptions?api-version=2022-12-01";
    const rule = (when: string, fault: unknown) =>
      client.post("/_sandbox/faults", [{ match: { path: "/subscriptions" }, when, fault, seed: 1 }]);
    await rule("before", "reset");
    await assert.rejects(ask(owner.origin + path, { headers: client.headers }), /ECONNRESET|socket hang up/);
    await rule("body", "truncate");
    await assert.rejects(ask(owner.origin + path, { headers: client.headers }), /aborted|ECONNRESET/);
    await rule("body", { body: { text: "<html>" } });
    assert.equal((await ask(owner.origin + path, { headers: client.headers })).text, "<html>");
    await rule("body", { slow: { bytesPerSecond: 100_000 } });
    assert.ok("value" in (JSON.parse((await ask(owner.origin + path, { headers: client.headers })).text) as object));
    await client.post("/_sandbox/faults", []);
  });
});

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(socket.on("error", () => undefined).resume()));
    socket.once("error", reject);
  });
}

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
