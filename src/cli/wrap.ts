/** Lines broken between words at a terminal's width, what follows standing below its own column; null: not broken. */
export function wrapped(lines: readonly string[], columns: number | null): readonly string[] {
  return columns === null ? lines : lines.flatMap((line) => wrapLine(line, columns));
}

/** `  Today     text`: the text's column is where the continuation begins. */
function wrapLine(line: string, columns: number): readonly string[] {
  const head = /^ *(?:\S(?:\S| (?=\S)){0,12} {2,})?/.exec(line)?.[0] ?? "";
  const indent = " ".repeat(Math.min(head.length, Math.floor(columns / 2)));
  const result: string[] = [];
  let current = head;
  let isEmpty = true;
  for (const word of line.slice(head.length).split(" ")) {
    // An address longer than the terminal stays whole, so that it can be copied.
    if (!isEmpty && current.length + 1 + word.length > columns) {
      result.push(current);
      current = indent;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...result, current];
}
