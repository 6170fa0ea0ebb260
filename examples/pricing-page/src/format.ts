// Money and dates as the reader's own language writes them.

/** Writes an amount that is given in minor units; whole amounts without their cents. */
export function money(minorUnits: number, currency: string): string {
  const plain = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const digits = plain.resolvedOptions().maximumFractionDigits ?? 2;
  const amount = minorUnits / 10 ** digits;
  if (!Number.isInteger(amount)) return plain.format(amount);
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, maximumFractionDigits: 0 }).format(amount);
}

export function date(text: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }).format(new Date(text));
}
