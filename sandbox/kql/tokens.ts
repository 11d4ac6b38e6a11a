import { KqlError } from "./lexer.ts";
import type { Token } from "./lexer.ts";

/** A place in a list of tokens, with the few steps a recursive-descent parser needs. Words are matched without case. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#index] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== "end") this.#index++;
    return token;
  }

  /** Runs `read`; when it gives null or fails, nothing has been read. */
  attempt<T>(read: () => T | null): T | null {
    const start = this.#index;
    const result = this.#orNull(read);
    if (result === null) this.#index = start;
    return result;
  }

  takeSymbol(text: string): boolean {
    const token = this.peek();
    if (token.kind !== "symbol" || token.text !== text) return false;
    this.#index++;
    return true;
  }

  peekWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "name" && token.text.toLowerCase() === word;
  }

  takeWord(word: string): boolean {
    if (!this.peekWord(word)) return false;
    this.#index++;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw new KqlError("ParserFailure", this.peek());
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw new KqlError("ParserFailure", this.peek());
  }

  expectName(): Token {
    const token = this.peek();
    if (token.kind !== "name") throw new KqlError("ParserFailure", token);
    this.#index++;
    return token;
  }

  expectEnd(): void {
    if (this.peek().kind !== "end") throw new KqlError("ParserFailure", this.peek());
  }

  #orNull<T>(read: () => T | null): T | null {
    try {
      return read();
    } catch (error) {
      if (error instanceof KqlError) return null;
      throw error;
    }
  }
}
