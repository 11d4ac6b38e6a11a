type Values = readonly (number | null)[];

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** Fractions 0…1 as a line of bars; a gap is `·`. The scale is fixed, so that two lines can be compared. */
export function sparkText(values: Values): string {
  return values.map((value) => (value === null ? "·" : (bars[level(value)] ?? "█"))).join("");
}

export interface SparkSize {
  readonly width: number;
  readonly height: number;
  /** CSS colour of the line. */
  readonly color: string;
}

const spark: SparkSize = { width: 180, height: 32, color: "#3794ff" };

/** The same as an SVG document; a gap breaks the line. Contains numbers and the given colour only, no foreign text. */
export function sparkSvg(values: Values, size: SparkSize = spark): string {
  const { width, height } = size;
  const lines = segments(values).map((points) => line(points, values.length, size));
  const frame = `xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg ${frame}>${lines.join("")}</svg>`;
}

/** The SVG as a data address, for an image in a tooltip. */
export function sparkDataUri(values: Values, size: SparkSize = spark): string {
  return `data:image/svg+xml,${encodeURIComponent(sparkSvg(values, size))}`;
}

/** What the line says, for screen readers: `CPU over the last hours: 12 % to 63 %, now 40 %`. */
export function sparkWords(label: string, values: Values): string {
  const known = values.filter((value) => value !== null);
  const last = values.at(-1);
  if (known.length === 0) return `${label} over the last hours: not measured`;
  const word = (value: number): string => `${Math.round(value * 100)} %`;
  const now = last === null || last === undefined ? "not measured now" : `now ${word(last)}`;
  return `${label} over the last hours: ${word(Math.min(...known))} to ${word(Math.max(...known))}, ${now}`;
}

function level(value: number): number {
  return Math.min(bars.length - 1, Math.max(0, Math.floor(value * bars.length)));
}

interface Point {
  readonly at: number;
  readonly value: number;
}

function segments(values: Values): readonly (readonly Point[])[] {
  const found: Point[][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = found.at(-1);
    if (last?.at(-1)?.at === at - 1) last.push({ at, value });
    else found.push([{ at, value }]);
  });
  return found;
}

function line(points: readonly Point[], count: number, { width, height, color }: SparkSize): string {
  const x = (at: number): number => round(count < 2 ? width / 2 : 1 + (at / (count - 1)) * (width - 2));
  const y = (value: number): number => round(1 + (1 - Math.min(1, Math.max(0, value))) * (height - 2));
  const [first] = points;
  if (first !== undefined && points.length === 1) {
    return `<circle cx="${x(first.at)}" cy="${y(first.value)}" r="1" fill="${color}"/>`;
  }
  const path = points.map(({ at, value }) => `${x(at)},${y(value)}`).join(" ");
  return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
