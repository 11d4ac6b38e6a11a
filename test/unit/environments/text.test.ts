import assert from "node:assert/strict";
import fc from "fast-check";
import { markdownText, plainText, terminalText } from "../../../src/environments/text.ts";

/** Names an attacker may give to a resource, a tag or an error (reliability.md section 4, row 83). */
const corpus = [
  "<img src=x onerror=alert(1)>",
  "[x](command:workbench.action.terminal.new)",
  "![](http://evil.example/x.png)",
  "$(alert) done $(~spin)",
  "invoice\u202Egnp.exe",
  "or\u200Bders",
  "a\u001b[2J\u001b[31mred\u001b[0m",
  "\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007",
  "\u001b]0;title",
  "\u009b31mC1",
  "line\r\nbreak\u2028two\u0000nul",
  "x".repeat(500),
  "\u{E0041}\u{E0042}tag",
  "\ud800lone",
  "`code` **bold** | cell | <b>",
];

const hiddenCharacter = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\u2028\u2029\ufeff\p{Surrogate}]/u;

/** Any UTF-16 units, lone surrogates too; far quicker to draw than whole graphemes. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 12 }).map((units) => String.fromCharCode(...units));

describe("text that others wrote", () => {
  it("keeps names in every script, emoji families and Persian joiners", () => {
    for (const name of ["注文-データ", "заказы", "مطالبات", "commandé", "orders 🚀", "👩‍👩‍👧", "می‌خواهم", "क्‍ष"])
      assert.equal(plainText(name), name);
  });

  it("loses terminal sequences, whole", () => {
    assert.equal(plainText("a\u001b[31mred\u001b[0m\u001b]8;;https://evil\u0007link\u0007"), "aredlink⟨U+0007⟩");
    assert.equal(terminalText("a\u009b31mb\u001b]0;title\u001b\\c\u001bcd"), "abcd");
  });

  it("shows direction overrides and invisible characters by their code", () => {
    assert.equal(plainText("pay\u202Elive\u2066"), "pay⟨U+202E⟩live⟨U+2066⟩");
    assert.equal(plainText("or\u200Bde\u200Drs\u{E0041}"), "or⟨U+200B⟩de⟨U+200D⟩rs⟨U+E0041⟩");
  });

  it("cannot open an icon or a command link", () => {
    assert.equal(plainText("$(alert) [click](command:x)"), "$ (alert) [click] (command:x)");
  });

  it("stays on one line and within its limit", () => {
    assert.equal(plainText("a\r\nb\tc"), "a b c");
    assert.equal(plainText("x".repeat(20), 5), "xxxx…");
    assert.equal(plainText("👩‍👩‍👧👩‍👩‍👧", 10), "👩‍👩‍👧…");
  });

  it("is only text in Markdown", () => {
    assert.equal(
      markdownText("<img src=x>|[a](b) https://e.vil"),
      "\\<img src\\=x\\>\\|\\[a\\] \\(b\\) https\\:\\/\\/e\\.vil",
    );
  });

  it("is inert for the whole corpus in every place", () => {
    for (const hostile of corpus) {
      for (const shown of [plainText(hostile), markdownText(hostile), terminalText(hostile)]) {
        assert.doesNotMatch(shown, hiddenCharacter);
      }
      assert.doesNotMatch(plainText(hostile), /\$\(|\]\(/);
      assert.doesNotMatch(markdownText(hostile), /(?<!\\)[<[`*|]/);
    }
  });

  it("is inert and bounded for anything", () => {
    const piece = fc.constantFrom(...corpus.map((one) => one.slice(0, 20)), "\u001b", "$", "(", "]", "\u202e");
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, anyUnits), { maxLength: 8 }), (parts) => {
        const shown = plainText(parts.join(""), 60);
        assert.doesNotMatch(shown, hiddenCharacter);
        assert.doesNotMatch(shown, /\$\(|\]\(/);
        assert.ok(shown.length <= 60);
      }),
      { numRuns: 300 },
    );
  });
});
