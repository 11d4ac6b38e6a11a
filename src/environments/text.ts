/**
 * Names, tags and messages come from whoever may write to the subscription. Before they are shown they lose what
 * could act or deceive: control and escape sequences, direction overrides, invisible characters, and the openings of
 * VS Code's own mark-up (`$(icon)`, `[link](command:…)`), which notifications and quick picks would obey.
 */
export function plainText(text: string, limit = 300): string {
  const clean = text
    .replace(ansi, "")
    .replace(lineBreaks, " ")
    .replace(invisible, "")
    .replaceAll("$(", "$ (")
    .replaceAll("](", "] (");
  const characters = Array.from(clean.trim());
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : characters.join("");
}

/** The same for Markdown: every ASCII mark is escaped, so that nothing becomes a link, an image, HTML or a table cell. */
export function markdownText(text: string, limit = 300): string {
  return plainText(text, limit).replace(/[!-/:-@[-`{-~]/g, "\\$&");
}

/** ECMA-48 control sequences and operating system commands (terminal titles, links). */
const ansi = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u009b[0-?]*[ -/]*[@-~]/g;
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
/** Other controls, soft hyphen, zero-width and direction marks (Unicode TR36/TR39), tags, variation and lone surrogates. */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udfff](?![\udc00-\udfff])/gu;
