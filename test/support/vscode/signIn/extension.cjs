// A provider "microsoft" of our own, before VS Code's: it writes down what it is asked and signs in kim@contoso.com.
const fs = require("fs");
const vscode = require("vscode");

const record = process.env.ENGRAM_SIGN_IN_RECORD;
const note = (entry) => record && fs.appendFileSync(record, `${JSON.stringify(entry)}\n`);
// the token that test/support/written.ts looks for in every file; in parts, because this is one
const canary = ["CANARY", "51d0e7", "never-to-be-written"].join("-");
const account = { id: "kim-id", label: "kim@contoso.com" };

exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  let sessions = [];
  const provider = {
    onDidChangeSessions: changed.event,
    getSessions: async (scopes, options) => {
      note({ call: "getSessions", scopes, account: options?.account?.id ?? null });
      return sessions.filter((one) => !scopes || scopes.every((scope) => one.scopes.includes(scope)));
    },
    createSession: async (scopes) => {
      note({ call: "createSession", scopes });
      const session = { id: String(sessions.length), accessToken: canary, account, scopes: [...scopes] };
      sessions = [...sessions, session];
      changed.fire({ added: [session], removed: [], changed: [] });
      return session;
    },
    removeSession: async () => undefined,
  };
  const options = { supportsMultipleAccounts: true };
  context.subscriptions.push(
    vscode.authentication.registerAuthenticationProvider("microsoft", "Microsoft", provider, options),
  );
};
