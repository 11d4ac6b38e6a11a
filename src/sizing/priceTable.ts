/** List prices of one location. Every figure carries where it comes from and how sure it is. */
export interface PriceTable {
  /** ARM location name, for instance `eastus`. */
  readonly location: string;
  readonly currency: string;
  /** ISO date: when the prices were read; for the shipped table the oldest of its items. */
  readonly asOf: string;
  readonly source: string;
  /** By ARM SKU. */
  readonly hourly: Readonly<Record<string, HourlyPrice>>;
  readonly storagePerGiBMonth: number | null;
  readonly backupPerGiBMonth: number | null;
  /** Locally redundant (LRS) block blob, first pricing band, per decimal GB. */
  readonly blobPerGBMonth: Readonly<Record<BlobTier, number | null>>;
  readonly confidence: Readonly<Record<"storage" | "backup" | "blob", string>>;
}

export interface HourlyPrice {
  readonly perHour: number;
  /** `live`, `found`, `derived`, `scaled per vCore`. */
  readonly confidence: string;
  readonly asOf: string;
}

export type BlobTier = "hot" | "cool" | "cold" | "archive";
export const blobTiers: readonly BlobTier[] = ["hot", "cool", "cold", "archive"];
