/** What a person reads where a receipt rests on a document. Titles, not files: the documents' own names say nothing. */
export const citations = {
  /** MicrosoftDocs/azure-databases-docs: configure-maintain/how-to-stop-server.md@05e7fc0 */
  stop: "Azure docs: stop and start a server",
  /** MicrosoftDocs/azure-databases-docs: read-replica/concepts-read-replicas.md@441b9c8 */
  replicas: "Azure docs: read replicas",
  /** MicrosoftDocs/azure-databases-docs: scale/concepts-scaling-resources.md@1012b59 */
  scaling: "Azure docs: scaling a server",
  /** MicrosoftDocs/azure-databases-docs: compute-storage/concepts-storage-premium-ssd.md@450730c */
  premiumSsd: "Azure docs: Premium SSD storage",
  /** MicrosoftDocs/azure-databases-docs: configure-maintain/concepts-limits.md@0200b8f */
  limits: "Azure docs: limits of a server",
} as const;
