interface Size {
  readonly name: string;
  readonly tier: string;
  readonly vCores: number;
}

/** What a size's name says: `Standard_D4ds_v5` is family d, 4 vCores, series `ds_v5`. */
interface Named {
  readonly family: string;
  readonly vCores: number;
  readonly series: string;
}

/**
 * The sizes of the same tier that are nearest to what was asked, or to today's size where the asked name is of no family
 * on offer; nearest by vCores (doublings), then by series and name.
 */
export function nearestSizes<S extends Size>(sizes: readonly S[], asked: string, today: string | null): readonly S[] {
  const mark = markOf(sizes, asked) ?? (today === null ? null : markOf(sizes, today));
  if (mark === null) return sizes.slice(0, most);
  const { tier, named } = mark;
  return sizes
    .filter((size) => size.tier === tier)
    .map((size) => ({
      size,
      far: Math.abs(Math.log2(size.vCores / named.vCores)),
      series: seriesDistance(size, named),
    }))
    .sort((left, right) => left.far - right.far || left.series - right.series || byName(left.size, right.size))
    .slice(0, most)
    .map(({ size }) => size);
}

const most = 5;

/** Null when nothing of that family is on offer: then the name says nothing about what was meant. */
function markOf(sizes: readonly Size[], name: string): { readonly tier: string; readonly named: Named } | null {
  const named = parse(name);
  const kin = named === null ? undefined : sizes.find((size) => parse(size.name)?.family === named.family);
  return named === null || kin === undefined ? null : { tier: kin.tier, named };
}

function parse(name: string): Named | null {
  const [, family, cores, series] = /^(?:standard_)?([a-z]+)(\d{1,4})([a-z\d_]*)$/i.exec(name.trim()) ?? [];
  if (family === undefined || !(Number(cores) > 0)) return null;
  return { family: family.toLowerCase(), vCores: Number(cores), series: (series ?? "").toLowerCase() };
}

function seriesDistance({ name }: Size, { family, series }: Named): number {
  const own = parse(name);
  return own?.family === family && own.series === series ? 0 : own?.family === family ? 1 : 2;
}

function byName(left: Size, right: Size): number {
  return left.name < right.name ? -1 : 1;
}
