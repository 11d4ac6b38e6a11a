/** A metric as Azure defines it. Units are those of commonMonitoringTypes.json (`Percent`, never `Percentage`). */
export interface MetricDefinition {
  readonly name: string;
  readonly display: string;
  readonly unit: "Count" | "Bytes" | "BytesPerSecond" | "Percent" | "Seconds" | "CountPerSecond";
  readonly primary: "Average" | "Total" | "Maximum";
  readonly dimensions: readonly string[];
  /** Newest points are this many minutes old: disk and credit metrics arrive in batches of 5 (azure-api.md section 6). */
  readonly batch: 1 | 5 | 60;
  /** Burstable only. */
  readonly burstable?: true;
}

type Row = readonly [
  name: string,
  display: string,
  unit: MetricDefinition["unit"],
  primary?: MetricDefinition["primary"],
];

/** MicrosoftDocs/azure-databases-docs:articles/postgresql/monitor/concepts-monitoring.md@0200b8f (2025-12). */
const minuteRows: readonly Row[] = [
  ["cpu_percent", "CPU percent", "Percent"],
  ["memory_percent", "Memory percent", "Percent"],
  ["storage_percent", "Storage percent", "Percent"],
  ["storage_used", "Storage used", "Bytes"],
  ["storage_free", "Storage free", "Bytes"],
  ["backup_storage_used", "Backup Storage Used", "Bytes"],
  ["txlogs_storage_used", "Transaction Log Storage Used", "Bytes"],
  ["database_size_bytes", "Database Size", "Bytes"],
  ["active_connections", "Active Connections", "Count"],
  ["connections_failed", "Failed Connections", "Count", "Total"],
  ["connections_succeeded", "Succeeded Connections", "Count", "Total"],
  ["max_connections", "Max connections", "Count", "Maximum"],
  ["network_bytes_egress", "Network Out", "Bytes", "Total"],
  ["network_bytes_ingress", "Network In", "Bytes", "Total"],
  ["maximum_used_transactionIDs", "Maximum Used Transaction IDs", "Count"],
  ["is_db_alive", "Database Is Alive", "Count", "Maximum"],
  ["logical_replication_delay_in_bytes", "Max Logical Replication Lag", "Bytes", "Maximum"],
  ["physical_replication_delay_in_bytes", "Max Physical Replication Lag", "Bytes", "Maximum"],
  ["physical_replication_delay_in_seconds", "Read Replica Lag", "Seconds", "Maximum"],
];

const batchRows: readonly Row[] = [
  ["iops", "IOPS", "Count"],
  ["read_iops", "Read IOPS", "Count"],
  ["write_iops", "Write IOPS", "Count"],
  ["read_throughput", "Read Throughput Bytes/Sec", "Count"],
  ["write_throughput", "Write Throughput Bytes/Sec", "Count"],
  ["disk_queue_depth", "Disk Queue Depth", "Count"],
  ["disk_iops_consumed_percentage", "Disk IOPS Consumed Percentage", "Percent"],
  ["disk_bandwidth_consumed_percentage", "Disk Bandwidth Consumed Percentage", "Percent"],
];

const creditRows: readonly Row[] = [
  ["cpu_credits_remaining", "CPU Credits Remaining", "Count"],
  ["cpu_credits_consumed", "CPU Credits Consumed", "Count"],
];

const tierDimensions = ["BlobType", "Tier"];

/** learn.microsoft.com: supported-metrics/microsoft-storage-storageaccounts(-blobservices)-metrics; grain PT1H. */
const namespaces: Readonly<Record<string, readonly MetricDefinition[]>> = {
  "microsoft.dbforpostgresql/flexibleservers": [
    ...minuteRows.map((row) => definition(row, 1)),
    ...batchRows.map((row) => definition(row, 5)),
    ...creditRows.map((row): MetricDefinition => ({ ...definition(row, 5), burstable: true })),
  ],
  "microsoft.storage/storageaccounts": [definition(["UsedCapacity", "Used capacity", "Bytes"], 60)],
  "microsoft.storage/storageaccounts/blobservices": [
    { ...definition(["BlobCapacity", "Blob Capacity", "Bytes"], 60), dimensions: tierDimensions },
    { ...definition(["BlobCount", "Blob Count", "Count"], 60), dimensions: tierDimensions },
    definition(["ContainerCount", "Blob Container Count", "Count"], 60),
    definition(["IndexCapacity", "Index Capacity", "Bytes"], 60),
  ],
};

/** The definitions of a namespace (no case), or null when the sandbox has none. */
export function definitionsOf(namespace: string): readonly MetricDefinition[] | null {
  const key = namespace.toLowerCase();
  return Object.hasOwn(namespaces, key) ? (namespaces[key] ?? null) : null;
}

function definition(row: Row, batch: MetricDefinition["batch"]): MetricDefinition {
  const [name, display, unit, primary = "Average"] = row;
  return { name, display, unit, primary, dimensions: [], batch };
}
