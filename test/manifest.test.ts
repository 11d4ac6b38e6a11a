import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import manifest from "../package.json" with { type: "json" };
import texts from "../package.nls.json" with { type: "json" };

const root = path.resolve(import.meta.dirname, "..");
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type MenuItem = {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
  readonly group?: string;
};
type Setting = { readonly markdownDescription?: string; readonly scope?: string };
type Command = { readonly command: string; readonly title: string; readonly category?: string; readonly icon?: Json };

const contributes: { readonly [key: string]: Json } = JSON.parse(JSON.stringify(manifest.contributes));
const commands = list<Command>(contributes["commands"]);
const menus = new Map(Object.entries(contributes["menus"] ?? {}).map(([menu, items]) => [menu, list<MenuItem>(items)]));
const ids = commands.map(({ command }) => command);
const settings = list<{ readonly properties: Readonly<Record<string, Setting>> }>(contributes["configuration"]).flatMap(
  ({ properties }) => Object.entries(properties),
);
/** VS Code makes one for every view. */
const viewCommands = Object.values(manifest.contributes.views).flatMap((views) => views.map(({ id }) => `${id}.focus`));
const strings = [...allStrings(JSON.parse(JSON.stringify(manifest)))];

describe("the manifest", () => {
  it("gives every command a category, a translated title and the product's prefix", () => {
    for (const { command, title, category } of commands) {
      assert.match(command, /^engram\.[a-z][A-Za-z]*$/);
      assert.match(title, /^%.+%$/, command);
      assert.ok(category, `${command} has no category`);
    }
    assert.equal(new Set(ids).size, ids.length);
  });

  it("pins every package exactly, in the project and in its tools", () => {
    for (const file of ["package.json", "tools/vscode/package.json", "tools/node/package.json"]) {
      const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = readManifest(file);
      for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
        assert.match(version, /^(\d+\.\d+\.\d+(-[\w.]+)?|file:[\w./-]+)$/, `${file}: ${name}`);
    }
  });

  it("has a text for every key and no text without use", () => {
    const used = new Set(strings.flatMap((text) => (/^%.+%$/.test(text) ? [text.slice(1, -1)] : [])));
    assert.deepEqual(
      Object.keys(texts).toSorted(),
      [...used].toSorted(),
      "package.nls.json and the keys of package.json differ",
    );
  });

  it("names only contributed commands in menus, welcome texts and walkthroughs", () => {
    const inMenus = [...menus.values()].flat().flatMap(({ command }) => (command ? [command] : []));
    const inTexts = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/command:(engram\.[\w.]+)/g)].map(([, id]) => id ?? ""),
    );
    assert.deepEqual(
      [...inMenus, ...inTexts].filter((id) => !ids.includes(id) && !viewCommands.includes(id)),
      [],
    );
  });

  it("leaves no command out of reach: what the palette hides is in another menu", () => {
    const hidden = (menus.get("commandPalette") ?? []).filter(({ when }) => when === "false");
    const elsewhere = [...menus].filter(([menu]) => menu !== "commandPalette").flatMap(([, items]) => items);
    const reachable = new Set(elsewhere.map(({ command }) => command));
    assert.deepEqual(
      hidden.filter(({ command }) => !reachable.has(command)),
      [],
    );
  });

  it("shows a menu entry on a row inline or in a numbered group", () => {
    for (const { group, command } of menus.get("view/item/context") ?? []) {
      assert.match(group ?? "", /^(inline(@\d+)?|\d_\w+@\d+)$/, `${command} in group ${group}`);
    }
  });

  it("has at most two buttons on a row, whatever its tokens", () => {
    const inline = (menus.get("view/item/context") ?? []).filter(({ group = "" }) => group.startsWith("inline"));
    for (const view of ["engram.environments", "engram.operations"])
      assert.ok(inline.filter(({ when = "" }) => when.includes(`view == ${view} `)).length <= 2, view);
    assert.equal(inline.filter(({ when = "" }) => !/view == engram\.\w+ /.test(when)).length, 0);
  });

  it("has one welcome text for each state of the empty tree, and none for a state that is not", () => {
    const source = fs.readFileSync(path.join(root, "src/tree/viewState.ts"), "utf8");
    const union = /export type ViewState =([^;]+);/.exec(source)?.[1] ?? "";
    const states = [...union.matchAll(/"(\w+)"/g)].map(([, state]) => String(state)).filter((one) => one !== "ready");
    const texts = list<{ readonly view: string; readonly when?: string }>(contributes["viewsWelcome"]);
    const told = texts
      .filter(({ view }) => view === "engram.environments")
      .flatMap(({ when = "" }) => [...when.matchAll(/engram\.state == (\w+)/g)].map(([, state]) => String(state)));
    assert.deepEqual(told.toSorted(), states.toSorted());
  });

  it("has a codicon or an existing file for every icon, and one for every button", () => {
    const buttons = [...menus].flatMap(([menu, items]) =>
      items.filter(({ group = "" }) => /^inline|^navigation/.test(group) && menu.startsWith("view/")),
    );
    for (const { command } of buttons) {
      assert.ok(commands.find((candidate) => candidate.command === command)?.icon, `${command} has no icon`);
    }
    for (const icon of commands.flatMap((command) => (command.icon ? [...allStrings(command.icon)] : []))) {
      assert.ok(/^\$\([a-z-]+\)$/.test(icon) || fs.existsSync(path.join(root, icon)), icon);
    }
  });

  it("names only files and folders that exist", () => {
    const built = /^\.\/dist\//;
    const named = strings.filter((text) => /^(\.\/|media\/|snippets\/|l10n\/)\S*$/.test(text) && !built.test(text));
    assert.deepEqual(
      named.filter((name) => !fs.existsSync(path.join(root, name))),
      [],
    );
  });

  it("activates by what VS Code derives from the contributions, apart from views to revive", () => {
    const extra = manifest.activationEvents.filter((event: string) => !event.startsWith("onWebviewPanel:"));
    assert.deepEqual(extra, []);
  });

  it("says what works in untrusted and virtual workspaces", () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.notEqual(untrustedWorkspaces.supported, undefined);
    assert.notEqual(virtualWorkspaces, undefined);
  });

  it("describes every setting in Markdown and states its scope", () => {
    assert.notEqual(settings.length, 0);
    for (const [name, setting] of settings) {
      const { markdownDescription, scope } = setting;
      assert.match(markdownDescription ?? "", /^%.+%$/, name);
      assert.ok(scope, `${name} has no scope`);
    }
  });

  it("lets no workspace choose a program to run", () => {
    for (const [name, { scope }] of settings) {
      if (/path|executable/i.test(name)) assert.equal(scope, "machine", name);
    }
  });
});

function list<T>(value: Json | undefined): readonly T[] {
  return (value ?? []) as readonly T[];
}

function* allStrings(value: Json): Generator<string> {
  if (typeof value === "string") yield value;
  else if (value && typeof value === "object") for (const inner of Object.values(value)) yield* allStrings(inner);
}

type Pins = Readonly<Record<string, string>>;
type Dependencies = {
  readonly dependencies?: Pins;
  readonly devDependencies?: Pins;
  readonly optionalDependencies?: Pins;
};

function readManifest(file: string): Dependencies {
  return JSON.parse(fs.readFileSync(path.join(root, file), "utf8")) as Dependencies;
}
