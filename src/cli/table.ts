import { terminalText } from "../environments/text.ts";

/** Columns aligned by what a terminal shows; cells of strangers' text are made inert and cut. */
export function table(rows: readonly (readonly string[])[], limit = 40): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => terminalText(cell, limit)));
  const count = Math.max(0, ...cells.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...cells.map((row) => cellWidth(row[column] ?? ""))),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - cellWidth(cell)))
      .join("  ")
      .trimEnd(),
  );
}

const segments = new Intl.Segmenter("en");

/** Cells a terminal uses: two for East Asian wide characters and emoji (UAX #11), none for combining marks. */
export function cellWidth(text: string): number {
  let sum = 0;
  for (const { segment } of segments.segment(text)) sum += wide.test(segment) ? 2 : 1;
  return sum;
}

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
