/** How figures are written everywhere in the views: a number, a space, its unit. Pure: the time is an argument. */

/** A fraction as `63 %`. */
export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

/** `$184.25` or `$1,284`; cents only where they matter. */
export function money(amount: number, currency: string): string {
  const digits = Math.abs(amount) < 1000 ? 2 : 0;
  return new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount);
}

/** `+$92.00`, `−$92.00` or `same price`. */
export function moneyDifference(amount: number, currency: string): string {
  if (Math.abs(amount) < 0.005) return "same price";
  return `${amount > 0 ? "+" : "−"}${money(Math.abs(amount), currency)}`;
}

/** `Standard_D4ds_v5` as people say it: `D4ds_v5`. */
export function shortSku(name: string): string {
  return name.replace(/^Standard_/i, "");
}

/** `5 d`, `3 h`, `12 min`, `40 s`; the largest unit alone. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** A stopwatch: `0:07`, `12:40`, `1:02:03`. */
export function timer(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** How old a reading is: `just now`, `12 s ago`, `3 d ago`; null when the time cannot be read. */
export function age(iso: string | null, now: Date): string | null {
  const then = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(then)) return null;
  const elapsed = now.getTime() - then;
  return elapsed < 1500 ? "just now" : `${duration(elapsed)} ago`;
}

/** `in 12 d`, or `3 d ago` when it has passed. */
export function until(iso: string, now: Date): string {
  const left = Date.parse(iso) - now.getTime();
  return left >= 0 ? `in ${duration(left)}` : `${duration(-left)} ago`;
}

/** `2026-11-22`. */
export function day(iso: string): string {
  return iso.slice(0, 10);
}

const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The course of a fraction as blocks, gaps as `·`; always against the whole, so that two servers compare. */
export function sparkline(values: readonly (number | null)[], width = 24): string {
  const step = Math.max(1, Math.ceil(values.length / width));
  const groups = Array.from({ length: Math.ceil(values.length / step) }, (_, index) =>
    values.slice(index * step, (index + 1) * step).filter((value) => value !== null),
  );
  return groups.map((group) => (group.length === 0 ? "·" : bar(Math.max(...group)))).join("");
}

function bar(fraction: number): string {
  return bars[Math.min(bars.length - 1, Math.max(0, Math.floor(fraction * bars.length)))] ?? "·";
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

export function joined(parts: readonly (string | null | undefined | false)[]): string {
  return parts.filter((part) => typeof part === "string" && part !== "").join(" · ");
}
