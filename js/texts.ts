// Writes amounts, dates and numbers in the language of a localization. The same on a server and in the page: both the language
// and the time zone are said, not looked up.
import type { Localization, Plural } from './localization.js';

// Polar's minor units of these currencies are whole ones; of all others, hundredths. Source: Polar's kit/currency.py.
const WHOLE = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' ');

const minorUnits = (currency: string) => (WHOLE.includes(currency.toLowerCase()) ? 1 : 100);

/** How one language writes things. */
export interface Texts {
  readonly words: Localization;
  /** An amount in minor units: `$20`, `$20.50`. */
  money(amount: number, currency: string): string;
  /** Decimal text in minor units, with all of its digits: `$0.005` of `0.5`, `$12.50` of `1250`. */
  rate(amount: string, currency: string): string;
  /** A share: `17%`. */
  percent(share: number): string;
  /** The day of an ISO 8601 time: `November 30, 2026`. */
  date(time: string): string;
  number(value: number): string;
  /** The form for the number, with it filled in. */
  count(forms: Plural, count: number, values?: TextValues): string;
  /** `per month`, `every 3 months`. */
  per(unit: string, count: number): string;
  /** `14 days`. */
  lasting(unit: string, count: number): string;
  fill(text: string, values: TextValues): string;
}

export type TextValues = Readonly<Record<string, string | number>>;

const made = new WeakMap<Localization, Map<string, Texts>>();

/** `timeZone`: whose days are meant, an IANA name. The same object for the same arguments. */
export function textsOf(words: Localization, timeZone: string): Texts {
  const of = made.get(words) ?? new Map<string, Texts>();
  made.set(words, of);
  const texts = of.get(timeZone) ?? makeTexts(words, timeZone);
  of.set(timeZone, texts);
  return texts;
}

function makeTexts(words: Localization, timeZone: string): Texts {
  const { locale } = words;
  const plurals = new Intl.PluralRules(locale);
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent' });
  const inCurrency = (amount: number, currency: string, digits?: Intl.NumberFormatOptions) => {
    const value = amount / minorUnits(currency);
    // A yen has no hundredths to leave out.
    const whole = Number.isInteger(value) ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : digits;
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...whole }).format(value);
  };
  const fill = (text: string, values: TextValues) =>
    text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
  const count = (forms: Plural, number: number, values?: TextValues) =>
    fill(forms[plurals.select(number)] ?? forms.other, { count: numbers.format(number), ...values });
  const ofUnit = (forms: Readonly<Record<string, Plural>>, unit: string, number: number) =>
    count(forms[unit] ?? { other: `{count} ${unit}` }, number);
  return {
    words,
    money: (amount, currency) => inCurrency(amount, currency),
    rate: (amount, currency) => inCurrency(Number(amount), currency, { maximumFractionDigits: 12 }),
    percent: (share) => percents.format(share),
    date: (time) => days.format(new Date(time)),
    number: (value) => numbers.format(value),
    count,
    per: (unit, number) => ofUnit(words.interval, unit, number),
    lasting: (unit, number) => ofUnit(words.duration, unit, number),
    fill,
  };
}
