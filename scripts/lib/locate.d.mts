export const vscodeServer: string;
export function findChromium(): string | undefined;
export function findBicep(): string | undefined;
