import { breather } from "../environments/breather.ts";
import type { MetricSeries, MetricsQuery, ResourceSeries } from "./ports.ts";
import { list, number, text, time } from "./json.ts";

type Aggregation = MetricsQuery["aggregation"];

/** A batch answer: one entry a resource (`values[].value[]`, metricBatch.json 2024-02-01); thousands of points, in slices. */
export async function toBatch(json: unknown, aggregation: Aggregation): Promise<readonly ResourceSeries[]> {
  const found: ResourceSeries[] = [];
  const breathe = breather();
  for (const entry of list(json, "values")) {
    const resourceId = withSlash(text(entry, "resourceid") ?? fromMetricId(list(entry, "value")[0]));
    found.push({ resourceId, series: toSeries(entry, aggregation) });
    await breathe();
  }
  return found;
}

/** One resource's metrics: its time series, one for each combination of dimensions. */
export function toSeries(json: unknown, aggregation: Aggregation): readonly MetricSeries[] {
  return list(json, "value").flatMap((metric) =>
    list(metric, "timeseries").map((series) => ({
      metric: text(metric, "name", "value") ?? "",
      unit: text(metric, "unit") ?? "",
      dimensions: Object.fromEntries(
        list(series, "metadatavalues").map((each) => [text(each, "name", "value") ?? "", text(each, "value") ?? ""]),
      ),
      points: list(series, "data").flatMap((point) => {
        const at = time(point, "timeStamp");
        return at === null ? [] : [{ at, value: number(point, aggregation.toLowerCase()) }];
      }),
    })),
  );
}

/** Microsoft's example answer has no `resourceid`; the metric's id begins with the resource's. */
function fromMetricId(metric: unknown): string {
  return (text(metric, "id") ?? "").replace(/\/providers\/Microsoft\.Insights\/metrics\/[^/]+$/i, "");
}

function withSlash(id: string): string {
  return id === "" || id.startsWith("/") ? id : `/${id}`;
}
