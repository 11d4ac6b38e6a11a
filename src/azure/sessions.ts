import type { Identity } from "./credential.ts";

/** Which account in which tenant reads a subscription, as discovery found it. */
export class Sessions {
  private readonly known = new Map<string, Identity>();
  private readonly discover: () => Promise<void>;
  private discovery: Promise<void> | null = null;

  /** `discover` lists the subscriptions once; it is only asked for one that nobody has listed yet. */
  constructor(discover: () => Promise<void>) {
    this.discover = discover;
  }

  learn(subscriptionId: string, identity: Identity): void {
    this.known.set(subscriptionId.toLowerCase(), identity);
  }

  /** The identity for a subscription; that of no tenant in particular when no account sees it. */
  async identityFor(subscriptionId: string): Promise<Identity> {
    const key = subscriptionId.toLowerCase();
    const known = this.known.get(key);
    if (known) return known;
    this.discovery ??= this.discover().finally(() => (this.discovery = null));
    await this.discovery.catch(() => undefined);
    const found = this.known.get(key) ?? { tenantId: null, accountId: null };
    // Kept, so that a subscription nobody sees does not cost a discovery each time; `learn` replaces it.
    this.known.set(key, found);
    return found;
  }

  accountIn(tenantId: string): string | null {
    const found = [...this.known.values()].find((one) => one.tenantId?.toLowerCase() === tenantId.toLowerCase());
    return found?.accountId ?? null;
  }
}
