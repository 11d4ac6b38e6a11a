import assert from "node:assert/strict";
import { markdownText, plainText } from "../../../src/environments/text.ts";

describe("text that others wrote", () => {
  it("keeps names in every script and emoji", () => {
    for (const name of ["注文-データ", "заказы", "مطالبات", "commandé", "orders 🚀"])
      assert.equal(plainText(name), name);
  });

  it("loses terminal sequences, whole", () => {
    assert.equal(plainText("a\u001b[31mred\u001b[0m\u001b]8;;https://evil\u0007link\u0007"), "aredlink");
  });

  it("loses direction overrides and invisible characters", () => {
    assert.equal(plainText("pay\u202Elive\u2066\u200B\uFEFF\u{E0041}roll"), "payliveroll");
  });

  it("cannot open an icon or a command link", () => {
    assert.equal(plainText("$(alert) [click](command:x)"), "$ (alert) [click] (command:x)");
  });

  it("stays on one line and within its limit", () => {
    assert.equal(plainText("a\r\nb\tc"), "a b c");
    assert.equal(plainText("x".repeat(20), 5), "xxxx…");
  });

  it("is only text in Markdown", () => {
    assert.equal(
      markdownText("<img src=x>|[a](b) https://e.vil"),
      "\\<img src\\=x\\>\\|\\[a\\] \\(b\\) https\\:\\/\\/e\\.vil",
    );
  });
});
