import type { Locator, Page } from "playwright-core";

/** What a person can do with mouse and keyboard, found as a screen reader would find it. */
export type Hands = {
  /** Opens a view container by clicking its icon in the activity bar. */
  readonly openView: (title: string) => Promise<void>;
  /** The row of a tree whose accessible name starts with, or matches, the label. */
  readonly treeItem: (label: string | RegExp) => Locator;
  readonly click: (label: string | RegExp) => Promise<void>;
  /** Opens a row's children with the keyboard unless they are open. */
  readonly expand: (label: string | RegExp) => Promise<void>;
  /** Right-clicks a row and chooses from its menu. */
  readonly contextMenu: (label: string | RegExp, item: string | RegExp) => Promise<void>;
  /** Names in a row's context menu. */
  readonly contextMenuItems: (label: string | RegExp) => Promise<string[]>;
  /** Chooses in the open quick pick by its text. */
  readonly quickPick: (text: string | RegExp) => Promise<void>;
  /** Names in the open quick pick. */
  readonly quickPickItems: () => Promise<string[]>;
  /** Types into the open quick input and presses Enter. */
  readonly typeInQuickInput: (text: string) => Promise<void>;
  /** The modal dialog, waited for. */
  readonly dialog: () => Promise<{ readonly text: string; readonly buttons: string[] }>;
  readonly dialogButton: (name: string | RegExp) => Promise<void>;
  /** Texts of the notifications on screen. */
  readonly notifications: () => Promise<string[]>;
  /** Waits until a notification says it. */
  readonly notification: (text: string | RegExp) => Promise<Locator>;
  readonly notificationButton: (notification: string | RegExp, button: string) => Promise<void>;
  /** F1, the command's title typed, Enter. */
  readonly command: (title: string) => Promise<void>;
  readonly press: (...keys: string[]) => Promise<void>;
  /** The accessible name of what has the focus. */
  readonly focused: () => Promise<string>;
};

export function createHands(page: Page): Hands {
  const treeItem = (label: string | RegExp): Locator => findTreeItem(page, label);
  const contextMenu = async (label: string | RegExp): Promise<void> => {
    await treeItem(label).click({ button: "right" });
    await menu(page).waitFor();
  };
  return {
    openView: (title) => openView(page, title),
    treeItem,
    click: (label) => treeItem(label).click(),
    expand: (label) => expand(treeItem(label)),
    contextMenu: async (label, item) => {
      await contextMenu(label);
      await clickMenuItem(page, item);
    },
    contextMenuItems: async (label) => {
      await contextMenu(label);
      const names = await menu(page).getByRole("menuitem").allInnerTexts();
      await page.keyboard.press("Escape");
      await menu(page).waitFor({ state: "hidden" });
      return names.map((name) => name.trim());
    },
    ...quickInputHands(page),
    ...dialogHands(page),
    ...notificationHands(page),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    focused: () => focusedName(page),
  };
}

type Some<K extends keyof Hands> = Pick<Hands, K>;

function quickInputHands(page: Page): Some<"quickPick" | "quickPickItems" | "typeInQuickInput" | "command"> {
  const widget = page.locator(".quick-input-widget");
  const options = widget.getByRole("option").or(widget.getByRole("treeitem"));
  return {
    quickPick: (text) => options.filter({ hasText: text }).first().click(),
    quickPickItems: async () => {
      await options.first().waitFor();
      return (await options.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim());
    },
    typeInQuickInput: async (text) => {
      const input = widget.locator("input.input");
      await input.waitFor();
      await input.fill(text);
      await page.keyboard.press("Enter");
    },
    command: async (title) => {
      await page.keyboard.press("F1");
      const input = widget.locator("input.input");
      await input.fill(`>${title}`);
      // the extension may not be known yet: the list fills up as it registers
      await options.filter({ hasText: title }).first().click({ timeout: 30_000 });
    },
  };
}

function dialogHands(page: Page): Some<"dialog" | "dialogButton"> {
  const box = page.locator(".monaco-dialog-box");
  return {
    dialog: async () => {
      await box.waitFor();
      const text = await box.locator(".dialog-message-row").innerText();
      return { text: text.trim(), buttons: await box.locator(".dialog-buttons .monaco-button").allInnerTexts() };
    },
    dialogButton: (name) => box.getByRole("button", { name }).click(),
  };
}

function notificationHands(page: Page): Some<"notifications" | "notification" | "notificationButton"> {
  const items = page.locator(".notification-list-item");
  const find = async (text: string | RegExp): Promise<Locator> => {
    const item = items.filter({ hasText: text }).first();
    await item.waitFor();
    return item;
  };
  return {
    notifications: () => items.locator(".notification-list-item-message").allInnerTexts(),
    notification: find,
    notificationButton: async (notification, button) =>
      (await find(notification)).getByRole("button", { name: button }).click(),
  };
}

async function openView(page: Page, title: string): Promise<void> {
  const icon = page.locator(".activitybar").getByRole("tab", { name: title });
  // the container appears once the extension is scanned, a few seconds after the window
  await icon.waitFor({ timeout: 60_000 });
  if ((await icon.getAttribute("aria-selected")) !== "true") await icon.click();
  await page.locator(".part.sidebar").getByRole("tree").first().waitFor();
}

function findTreeItem(page: Page, label: string | RegExp): Locator {
  const name = typeof label === "string" ? new RegExp(`^${escape(label)}(?![\\p{L}\\p{N}_-])`, "u") : label;
  return page.getByRole("treeitem", { name }).first();
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

async function expand(item: Locator): Promise<void> {
  await item.waitFor();
  if ((await item.getAttribute("aria-expanded")) === "true") return;
  await item.click();
  if ((await item.getAttribute("aria-expanded")) !== "true") await item.press("ArrowRight");
}

const menu = (page: Page): Locator => page.locator(".monaco-menu").last();

/** VS Code's menus take no click in their first 100 ms (menu.ts, runOnceToEnableMouseUp): like a person, click again. */
async function clickMenuItem(page: Page, name: string | RegExp): Promise<void> {
  const item = menu(page).getByRole("menuitem", { name });
  for (let clicks = 0; clicks < 10; clicks++) {
    await item.click();
    const open = await menu(page)
      .waitFor({ state: "hidden", timeout: 500 })
      .catch(() => "still open");
    if (open === undefined) return;
  }
  throw new Error(`The menu stays open after clicking ${String(name)}.`);
}

function focusedName(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const active = document.activeElement;
    const id = active?.getAttribute("aria-activedescendant");
    const target = id ? document.getElementById(id) : active;
    return target?.getAttribute("aria-label") ?? target?.textContent ?? "";
  })()`);
}
