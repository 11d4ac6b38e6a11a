/** The documents behind findings; `repo:path@commit` as read. */
export const sources = {
  encryption: "MicrosoftDocs/azure-databases-docs:articles/postgresql/security/security-data-encryption.md@1012b59",
  storageKeys: "MicrosoftDocs/azure-docs:articles/storage/common/customer-managed-keys-overview.md@0242921",
  expiredStorageKey: "MicrosoftDocs/azure-docs issue #84096",
  rotation: "MicrosoftDocs/azure-security-docs:articles/key-vault/keys/how-to-configure-key-rotation.md@1c4310b",
  stop: "MicrosoftDocs/azure-databases-docs:articles/postgresql/configure-maintain/how-to-stop-server.md@05e7fc0",
  limits: "MicrosoftDocs/azure-databases-docs:articles/postgresql/configure-maintain/concepts-limits.md@0200b8f",
  storage:
    "MicrosoftDocs/azure-databases-docs:articles/postgresql/compute-storage/concepts-storage-premium-ssd.md@450730c",
  compute: "MicrosoftDocs/azure-databases-docs:articles/postgresql/compute-storage/concepts-compute.md@2d8d56e",
  availability: "MicrosoftDocs/azure-docs:articles/reliability/reliability-postgresql-flexible-server.md@00767b9",
  backup: "MicrosoftDocs/azure-databases-docs:articles/postgresql/backup-restore/concepts-backup-restore.md@0085bb1",
  extensions: "learn.microsoft.com/azure/postgresql/extensions/how-to-allow-extensions",
  strategyScaling: "strategy.txt section 2, Alert Thresholds",
  strategyAvailability: "strategy.txt section 2, Engram Platform SKU Sizing",
  strategyEncryption: "strategy.txt section 4",
} as const;
