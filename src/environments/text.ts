/**
 * Names, tags and messages come from whoever may write to the subscription. This is the one place that makes them
 * inert before a person sees them: hidden characters become visible, escape sequences go, and the openings of
 * VS Code's own mark-up (`$(icon)`, `[link](command:…)`), which notifications and quick picks obey, are broken.
 */

const longest = 300;

/** For labels, quick picks, notifications: one line, nothing hidden, at most `limit` UTF-16 units. */
export function plainText(text: string, limit = longest): string {
  return clip(visible(text).replaceAll("$(", "$ (").replaceAll("](", "] (").trim(), limit);
}

/** The same for Markdown: every ASCII mark is escaped, so that nothing becomes a link, an image, HTML or a table cell. */
export function markdownText(text: string, limit = longest): string {
  return plainText(text, limit).replace(/[!-/:-@[-`{-~]/g, "\\$&");
}

/** For terminals and pipes: as `plainText`, but VS Code's mark-up has no meaning there and stays as it is. */
export function terminalText(text: string, limit = longest): string {
  return clip(visible(text).trim(), limit);
}

/** Terminal sequences are removed whole; every other hidden character is shown by its code: `⟨U+202E⟩`. */
function visible(text: string): string {
  return text.replace(sequences, "").replace(lineBreaks, " ").replace(joiners, code).replace(hidden, code);
}

/** Operating system commands (titles, links) and other strings up to their end; ECMA-48 control sequences; the rest. */
const sequences =
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c\r\n]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]/g;

const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;

/** Joiners belong to emoji families and to Arabic and Indic words; anywhere else they only hide differences. */
const joiners =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Kannada}\p{Script=Telugu}\p{Script=Tamil}\p{Script=Gujarati}\p{Script=Gurmukhi}])[\u200c\u200d]/gu;

/** Controls, soft hyphen, fillers, zero-width and direction marks (Unicode TR36, TR39), tags, lone surrogates. */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Surrogate}]/gu;

function code(character: string): string {
  return `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** Cuts between characters as people count them; only as much as can be shown is looked at, the input may be huge. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let cut = "";
  // made here and not once and for all: the first one loads 15 ms of Unicode's data, and few texts are this long
  const characters = new Intl.Segmenter("en");
  for (const { segment } of characters.segment(text.slice(0, limit * 2))) {
    if (cut.length + segment.length > limit - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
