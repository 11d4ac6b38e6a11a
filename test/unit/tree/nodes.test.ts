import assert from "node:assert/strict";
import { row, sameRow, type Row } from "../../../src/tree/row.ts";
import { RowNodes, type RowNode } from "../../../src/tree/rowNode.ts";

const leaf = (id: string, description = ""): Row => row({ id, label: id, description });
const group = (id: string, children: readonly Row[]): Row => row({ id, label: id, children: () => children });

describe("nodes of a tree", () => {
  let nodes: RowNodes;
  const changed = (rows: readonly Row[]): "all" | readonly string[] => {
    const result = nodes.update(rows);
    return result === "all" ? result : result.map(({ id }) => id);
  };
  const open = (node: RowNode | undefined): readonly RowNode[] => (node ? nodes.childrenOf(node) : []);

  beforeEach(() => {
    nodes = new RowNodes(sameRow);
    nodes.update([group("g", [leaf("a"), leaf("b")]), leaf("c")]);
  });

  it("are the same objects as long as their rows are shown", () => {
    const [before] = open(nodes.rootNodes()[0]);
    nodes.update([group("g", [leaf("a", "new"), leaf("b")]), leaf("c")]);
    assert.equal(open(nodes.rootNodes()[0])[0], before);
  });

  it("name only the row that changed", () => {
    open(nodes.rootNodes()[0]);
    assert.deepEqual(changed([group("g", [leaf("a"), leaf("b", "new")]), leaf("c")]), ["b"]);
  });

  it("name nothing when nothing changed", () => {
    open(nodes.rootNodes()[0]);
    assert.deepEqual(changed([group("g", [leaf("a"), leaf("b")]), leaf("c")]), []);
  });

  it("name the parent when a child came, once", () => {
    open(nodes.rootNodes()[0]);
    assert.deepEqual(changed([group("g", [leaf("a"), leaf("b"), leaf("d")]), leaf("c")]), ["g"]);
  });

  it("do not make what nobody opened", () => {
    let made = 0;
    const closed = row({ id: "g", label: "g", children: () => [leaf(String(made++))] });
    assert.deepEqual(changed([closed, leaf("c")]), []);
    assert.equal(made, 0);
  });

  it("name everything when the top level changed", () => {
    assert.equal(changed([leaf("c")]), "all");
  });
});
