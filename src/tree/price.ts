import type { Environment } from "../environments/model.ts";
import { monthlyCost as costOf, type MonthlyCost } from "../environments/monthlyCost.ts";
import type { Facts } from "./facts.ts";

export type { MonthlyCost };

/** List price of an environment's server and replicas for a month of 730 hours; null where a price is missing. */
export function monthlyCost(environment: Environment, { prices }: Pick<Facts, "prices">): MonthlyCost | null {
  return costOf(environment, prices);
}
