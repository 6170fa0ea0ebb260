// Money and dates as the reader's own language writes them.

/** Writes an amount that is given in minor units. */
export function money(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(major(minorUnits, format));
}

/** As `money`, and whole amounts without their cents: for price tags. */
export function priceTag(minorUnits: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  });
  return format.format(major(minorUnits, format));
}

export function date(text: string, style: 'long' | 'medium' = 'long'): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: style }).format(new Date(text));
}

// Some currencies have no minor unit, some have three digits of it: the currency says how many.
function major(minorUnits: number, format: Intl.NumberFormat): number {
  return minorUnits / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2);
}
