// The baseline of the sandbox's rate: a plain Node server in a process of its own, answering the body it is sent.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

process.once("message", (body: string) => {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(body);
  });
  server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
});
process.once("disconnect", () => process.exit(0));
