import assert from "node:assert/strict";
import { age, duration, moneyDifference, sparkline, timer, until } from "../../../src/tree/format.ts";

const now = new Date("2026-11-22T12:00:00Z");

describe("figures in the views", () => {
  it("give durations in their largest unit", () => {
    assert.deepEqual([4_000, 90_000, 3 * 3_600_000, 47 * 3_600_000, 3 * 86_400_000].map(duration), [
      "4 s",
      "1 min",
      "3 h",
      "47 h",
      "3 d",
    ]);
  });

  it("give ages, and nothing for a time that cannot be read", () => {
    assert.equal(age("2026-11-22T11:59:48Z", now), "12 s ago");
    assert.equal(age("2026-11-22T12:00:00Z", now), "just now");
    assert.equal(age("yesterday", now), null);
    assert.equal(age(null, now), null);
  });

  it("tell what comes from what has passed", () => {
    assert.equal(until("2026-11-24T13:00:00Z", now), "in 2 d");
    assert.equal(until("2026-11-22T11:00:00Z", now), "1 h ago");
  });

  it("run like a stopwatch", () => {
    assert.deepEqual([7_400, 100_000, 3_723_000].map(timer), ["0:07", "1:40", "1:02:03"]);
  });

  it("give differences a sign that is not a hyphen", () => {
    assert.equal(moneyDifference(-92, "USD"), "−$92.00");
    assert.equal(moneyDifference(0.001, "USD"), "same price");
  });

  it("draw a course against the whole, with its gaps and its peaks", () => {
    assert.equal(sparkline([0, 0.5, null, 1]), "▁▅·█");
    assert.equal(Array.from(sparkline(Array.from({ length: 288 }, () => 0.1))).length, 24);
  });
});
