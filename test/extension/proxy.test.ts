import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { describeInHost } from "../support/vscode/host.ts";
import { repository } from "../support/vscode/server.ts";

const tunnels: string[] = [];
const proxy = http.createServer().on("connect", ({ url = "" }, socket) => {
  tunnels.push(url);
  socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
});
await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
proxy.unref();
const { port } = proxy.address() as AddressInfo;

describe("a proxy in VS Code's settings", () => {
  describeInHost("in the extension host", {
    extensionDir: repository,
    suite: "withProxy/",
    settings: { "http.proxy": `http://127.0.0.1:${port}`, "http.proxySupport": "override" },
  });

  describe("outside of it", () => {
    it("has been asked for Azure's address", () =>
      assert.ok(tunnels.includes("prices.azure.com:443"), tunnels.join(" ")));
  });
  after(() => void proxy.close());
});
