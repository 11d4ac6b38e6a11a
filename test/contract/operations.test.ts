import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { productOperations } from "./operations.ts";

const file = new URL("../../src/azure/ports.ts", import.meta.url);

describe("The list of operations that the product can send", () => {
  it("names every method of every port and every kind of change", () => {
    const source = ts.createSourceFile("ports.ts", readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const inCode = [...portMethods(source), ...changeKinds(source)].sort();
    assert.ok(inCode.length > 20, "the ports were found");
    assert.deepEqual(Object.keys(productOperations).sort(), inCode);
  });
});

/** `Interface.method` of each interface that `Azure` offers. */
function portMethods(source: ts.SourceFile): string[] {
  const interfaces = source.statements.filter(ts.isInterfaceDeclaration);
  const azure = interfaces.find((one) => one.name.text === "Azure")!;
  const offered = azure.members.filter(ts.isPropertySignature).map((member) => member.type?.getText(source));
  const ports = interfaces.filter((one) => offered.includes(one.name.text));
  return ports.flatMap((port) =>
    port.members.filter(ts.isMethodSignature).map((method) => `${port.name.text}.${method.name.getText(source)}`),
  );
}

function changeKinds(source: ts.SourceFile): string[] {
  const change = source.statements.filter(ts.isTypeAliasDeclaration).find((one) => one.name.text === "Change")!;
  return [...change.type.getText(source).matchAll(/readonly kind: "(\w+)"/g)].map(([, kind]) => `Change.${kind}`);
}
