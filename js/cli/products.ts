// PRODUCTS, the server's list of what is for sale, made of the products that a Polar account has.

/** What is taken of a product of Polar's. */
export interface ListedProduct {
  readonly id: string;
  readonly name: string;
  readonly recurring_interval: string | null;
  readonly recurring_interval_count?: number | null;
  readonly prices: readonly ListedPrice[];
}

interface ListedPrice {
  readonly amount_type: string;
  readonly price_amount?: number;
  readonly preset_amount?: number | null;
  readonly seat_tiers?: { readonly tiers: readonly { readonly price_per_seat: number }[] };
  readonly tiers?: { readonly tiers: readonly { readonly unit_amount: number | string }[] };
}

export interface ProductEntry {
  product_id: string;
  tier: string;
}
export type Products = Record<string, ProductEntry>;

/**
 * An entry for each product by a slug of its name. They stand from the lowest tier to the highest, as the server reads
 * them: by what a month costs, and what is bought once at the end. `Pro` and `Pro yearly` are one tier.
 */
export function productsOf(listed: readonly ListedProduct[]): Products {
  const entries: { slug: string; id: string; tier: string; cost: number }[] = [];
  for (const product of listed) {
    const slug = freeSlug(slugOf(product.name), new Set(entries.map((entry) => entry.slug)));
    const tier = slug.replace(/-(?:monthly|yearly|annual|annually|month|year)(?=-\d+$|$)/, '');
    entries.push({ slug, id: product.id, tier, cost: monthlyCost(product) });
  }
  const costOf = (tier: string) =>
    Math.max(...entries.filter((entry) => entry.tier === tier).map((entry) => entry.cost));
  entries.sort((one, other) => costOf(one.tier) - costOf(other.tier));
  return Object.fromEntries(entries.map(({ slug, id, tier }) => [slug, { product_id: id, tier }]));
}

/** The slug of the cheapest plan that costs something, for an example of its button. */
export function exampleSlug(listed: readonly ListedProduct[], products: Products): string {
  const paid = listed.filter(
    ({ prices, recurring_interval: interval }) => interval && prices.some((one) => amountOf(one) > 0),
  );
  const slugs = Object.keys(products);
  return slugs.find((slug) => paid.some(({ id }) => id === products[slug]?.product_id)) ?? slugs[0] ?? 'pro';
}

/** `Pro, yearly` as `pro-yearly`. */
function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '') || 'product';
}

function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; ++number) {
    if (!taken.has(`${slug}-${number}`)) return `${slug}-${number}`;
  }
}

const MONTHS: Readonly<Record<string, number>> = { day: 12 / 365, week: 84 / 365, month: 1, year: 12 };

/** In minor units of whatever currency comes first; for comparing only. */
function monthlyCost({ prices, recurring_interval: interval, recurring_interval_count: count }: ListedProduct): number {
  const known = prices.map(amountOf).find((amount) => amount > 0) ?? 0;
  if (interval === null) return Number.MAX_SAFE_INTEGER;
  return known / ((MONTHS[interval] ?? 1) * (count ?? 1));
}

function amountOf({ price_amount: fixed, preset_amount: preset, seat_tiers: seats, tiers }: ListedPrice): number {
  return Number(fixed ?? preset ?? seats?.tiers[0]?.price_per_seat ?? tiers?.tiers[0]?.unit_amount ?? 0);
}
