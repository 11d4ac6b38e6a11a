import fs from "node:fs";
import path from "node:path";
import { describeInHost } from "../support/vscode/host.ts";
import { repository } from "../support/vscode/server.ts";

const built = fs.existsSync(path.join(repository, "dist/extension.cjs"));
const fixture = path.join(repository, "test/support/vscode/fixture");

describeInHost("inside the extension host", { extensionDir: built ? repository : fixture });
