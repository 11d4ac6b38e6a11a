/** What the failed request was, for the sentence and for what is known about its effect. */
export interface RequestKind {
  readonly access: "read" | "write";
  /** For people, for instance `orders-pg` or `the list of tenants`. */
  readonly what: string;
}
