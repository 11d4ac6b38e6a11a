/** Retries that all requests of a connection share: ten at first, then one for every five requests. */
export class RetryBudget {
  private tokens = 10;

  earn(): void {
    this.tokens = Math.min(10, this.tokens + 0.2);
  }

  spend(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
