import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import { errorText, isCancelled, UserCancelledError } from "../../../src/platform/errors.ts";
import { redact } from "../../../src/platform/redact.ts";
import { claimsChallenge, expiryOf, scopesFor } from "../../../src/platform/tokenRequest.ts";

describe("an error for people", () => {
  it("is its sentence with Azure's code, once", () => {
    assert.equal(
      errorText(new AzureError("busy", "The server is busy.", { code: "ServerIsBusy" })),
      "The server is busy. (ServerIsBusy)",
    );
    assert.equal(
      errorText(new AzureError("busy", "ServerIsBusy: wait.", { code: "ServerIsBusy" })),
      "ServerIsBusy: wait.",
    );
  });

  it("leaves our own class names out", () => {
    assert.equal(errorText(new AzureError("offline", "No network.")), "No network.");
  });

  it("is never an object's name", () => {
    for (const odd of [{}, undefined, null, 7, new Error("")]) assert.match(errorText(odd), /^Something failed/);
  });

  it("does not exist for a cancellation, of whatever copy of the class", () => {
    assert.ok(isCancelled(new UserCancelledError()));
    assert.ok(isCancelled(Object.assign(new Error("x"), { name: "UserCancelledError" })));
    assert.ok(!isCancelled(new Error("x")));
  });
});

describe("the log", () => {
  it("never holds a token, signature or key", () => {
    const line = "Authorization: Bearer abc.def-ghi; url?sig=XYZ%3D&x=1 eyJhbGciOi.eyJzdWIi.c2ln AccountKey=Zm9v; ok";
    const clean = redact(line);
    for (const secret of ["abc.def-ghi", "XYZ", "eyJhbGciOi", "Zm9v"]) assert.ok(!clean.includes(secret), clean);
    assert.match(clean, /x=1.* ok$/);
  });
});

describe("a token request", () => {
  it("names the tenant as VS Code wants it", () => {
    assert.deepEqual(scopesFor({ scopes: ["a"], tenantId: "t" }), ["a", "VSCODE_TENANT:t"]);
    assert.deepEqual(scopesFor({ scopes: ["a"], tenantId: null }), ["a"]);
  });

  it("rebuilds the challenge from its claims", () => {
    assert.match(claimsChallenge("{}"), /^Bearer error="insufficient_claims", claims="e30="$/);
  });

  it("takes the end from the token and is careful without", () => {
    assert.equal(expiryOf(`x.${Buffer.from('{"exp":100}').toString("base64url")}.y`, 0), 100_000);
    for (const odd of ["opaque", "a.b.c", `x.${Buffer.from('{"exp":"1"}').toString("base64url")}.y`])
      assert.equal(expiryOf(odd, 1000), 301_000);
  });
});
