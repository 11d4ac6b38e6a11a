import assert from "node:assert/strict";
import * as vscode from "vscode";
import { VsCodeTokens, type AuthenticationApi } from "../../../src/platform/tokenSource.ts";

const scopes = ["https://management.core.windows.net/.default"];
const kim = { id: "kim-id", label: "kim@contoso.com" };
const lee = { id: "lee-id", label: "lee@fabrikam.com" };
const silent = { scopes, tenantId: null, accountId: null, claims: null, interactive: false };

describe("tokens of the account signed in to VS Code", () => {
  it("are asked for silently in the background: no prompt, null without a session", async () => {
    const fake = fakeApi({ accounts: [], signedIn: false });
    assert.equal(await new VsCodeTokens("microsoft", fake.api).token(silent), null);
    assert.deepEqual(fake.prompts(), []);
    assert.deepEqual(fake.calls[0]?.options, { silent: true });
  });

  it("open one prompt for five requests at the same time", async () => {
    const fake = fakeApi({ accounts: [kim], signedIn: false });
    const tokens = new VsCodeTokens("microsoft", fake.api);
    const all = await Promise.all(Array.from({ length: 5 }, () => tokens.token({ ...silent, interactive: true })));
    assert.deepEqual(
      all.map((one) => one?.account),
      Array(5).fill("kim@contoso.com"),
    );
    assert.equal(fake.prompts().length, 1);
  });

  it("open no further prompt after a dismissed one until the next click", async () => {
    const fake = fakeApi({ accounts: [kim], signedIn: false, refuses: true });
    const tokens = new VsCodeTokens("microsoft", fake.api);
    await assert.rejects(tokens.token({ ...silent, interactive: true }), { name: "UserCancelledError" });
    assert.equal(await tokens.token({ ...silent, interactive: true }), null);
    assert.equal(fake.prompts().length, 1);
    tokens.click();
    await assert.rejects(tokens.token({ ...silent, interactive: true }));
    assert.equal(fake.prompts().length, 2);
  });

  it("belong to the account and tenant asked for", async () => {
    const fake = fakeApi({ accounts: [kim, lee], signedIn: true });
    const tokens = new VsCodeTokens("microsoft", fake.api);
    const found = await tokens.token({
      ...silent,
      tenantId: "11111111-2222-3333-4444-555555555555",
      accountId: lee.id,
    });
    assert.equal(found?.account, lee.label);
    assert.deepEqual(fake.calls[0]?.request, [...scopes, "VSCODE_TENANT:11111111-2222-3333-4444-555555555555"]);
    assert.deepEqual(fake.calls[0]?.options, { silent: true, account: lee });
  });

  it("forward a claims challenge as the header VS Code wants, with the scopes to fall back on", async () => {
    const fake = fakeApi({ accounts: [kim], signedIn: true });
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"p1"}}}';
    await new VsCodeTokens("microsoft", fake.api).token({ ...silent, claims });
    const request = fake.calls[0]?.request as vscode.AuthenticationWwwAuthenticateRequest;
    assert.deepEqual(request.fallbackScopes, scopes);
    const encoded = /claims="([^"]+)"/.exec(request.wwwAuthenticate)?.[1] ?? "";
    assert.equal(Buffer.from(encoded, "base64").toString(), claims);
  });

  it("say when they end, from the token itself", async () => {
    const payload = Buffer.from(JSON.stringify({ exp: 2_000_000_000 })).toString("base64url");
    const fake = fakeApi({ accounts: [kim], signedIn: true, token: `e30.${payload}.x` });
    assert.equal((await new VsCodeTokens("microsoft", fake.api).token(silent))?.expiresOn, 2_000_000_000_000);
  });

  it("take no notice of the events their own requests cause", async () => {
    const fake = fakeApi({ accounts: [kim], signedIn: true });
    const tokens = new VsCodeTokens("microsoft", fake.api);
    let changes = 0;
    tokens.onDidChange(() => changes++);
    await tokens.token(silent);
    fake.fire();
    await new Promise((resolve) => setTimeout(resolve, 2200));
    assert.equal(changes, 0);
    fake.fire();
    await new Promise((resolve) => setTimeout(resolve, 2200));
    assert.equal(changes, 1);
    tokens.dispose();
  });
});

interface FakeOptions {
  readonly accounts: readonly vscode.AuthenticationSessionAccountInformation[];
  readonly signedIn: boolean;
  readonly refuses?: boolean;
  readonly token?: string;
}

function fakeApi({ accounts, signedIn, refuses = false, token = "opaque" }: FakeOptions) {
  const calls: { request: unknown; options: vscode.AuthenticationGetSessionOptions }[] = [];
  const events = new vscode.EventEmitter<vscode.AuthenticationSessionsChangeEvent>();
  const state = { signedIn };
  const isPrompt = ({ createIfNone }: vscode.AuthenticationGetSessionOptions): boolean => createIfNone !== undefined;
  const getSession = async (_: string, request: unknown, options: vscode.AuthenticationGetSessionOptions = {}) => {
    calls.push({ request, options });
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (isPrompt(options) && refuses) throw new Error("User did not consent to login.");
    if (isPrompt(options)) state.signedIn = true;
    if (!state.signedIn) return undefined;
    const account = options.account ?? accounts[0] ?? kim;
    return { id: "s", accessToken: token, account, scopes: [] };
  };
  const api = {
    getAccounts: () => Promise.resolve(accounts),
    getSession,
    onDidChangeSessions: events.event,
  } as unknown as AuthenticationApi;
  const fire = (): void => events.fire({ provider: { id: "microsoft", label: "Microsoft" } });
  return { api, calls, fire, prompts: () => calls.filter(({ options }) => isPrompt(options)) };
}
