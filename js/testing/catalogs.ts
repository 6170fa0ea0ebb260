// What an emulator can sell at its start: the types of a seed, and catalogs as common applications have them. Entries
// are the bodies of Polar's own create requests; they are checked by the emulator, in Polar's words.

/** `key`: a name by which later entries refer to this one where Polar wants an id. `id`: an id of your own, a UUID. */
export interface CatalogEntry {
  readonly key?: string;
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** `volume`: the tier that is reached prices all. `graduated`: each tier prices its own units. */
export interface CatalogTiers {
  readonly type: 'volume' | 'graduated';
  /** `bound`: the last unit of the tier; null or left out in the last tier: no limit. */
  readonly tiers: readonly { readonly bound?: number | null; readonly unit_amount: number | string }[];
}

/** One price, in minor units. */
export type CatalogPrice =
  | { readonly amount_type: 'fixed'; readonly price_amount: number; readonly price_currency?: string }
  | {
      readonly amount_type: 'custom';
      readonly minimum_amount?: number;
      readonly maximum_amount?: number | null;
      readonly preset_amount?: number | null;
      readonly price_currency?: string;
    }
  | {
      readonly amount_type: 'seat_based';
      readonly seat_tiers: {
        readonly seat_tier_type?: 'volume' | 'graduated';
        readonly tiers: readonly {
          readonly min_seats: number;
          readonly max_seats?: number | null;
          readonly price_per_seat: number;
        }[];
      };
      readonly price_currency?: string;
    }
  | {
      /** By a number of units that the buyer takes: which is paid up front. Rates are whole minor units. */
      readonly amount_type: 'unit_based';
      readonly tiers: CatalogTiers;
      readonly minimum_units?: number | null;
      /** What the units are called, by language: `{ en: { '=1': 'device', other: 'devices' } }`. */
      readonly unit_label?: Readonly<Record<string, Readonly<Record<string, string>>>> | null;
      readonly price_currency?: string;
    }
  | {
      /** By usage, in tiers. */
      readonly amount_type: 'metered_tiers';
      /** A meter's id, or its key. */
      readonly meter_id: string;
      readonly tiers: CatalogTiers;
      readonly cap_amount?: number | null;
      readonly price_currency?: string;
    }
  | {
      readonly amount_type: 'metered_unit';
      /** A meter's id, or its key. */
      readonly meter_id: string;
      /** Decimal text: `'0.5'` is half a cent. */
      readonly unit_amount: string;
      readonly cap_amount?: number | null;
      readonly price_currency?: string;
    };

type Interval = 'day' | 'week' | 'month' | 'year';

export interface CatalogProduct extends CatalogEntry {
  readonly name: string;
  readonly description?: string | null;
  /** Left out: bought once. */
  readonly recurring_interval?: Interval | null;
  readonly recurring_interval_count?: number;
  /** Settles usage more often than the product renews: must divide its interval. */
  readonly meter_interval?: Interval | null;
  readonly meter_interval_count?: number | null;
  readonly trial_interval?: Interval | null;
  readonly trial_interval_count?: number | null;
  readonly prices: readonly CatalogPrice[];
  /** Ids or keys of benefits. */
  readonly benefits?: readonly string[];
}

export type CatalogBenefit = CatalogEntry & { readonly description: string } & (
    | { readonly type: 'feature_flag'; readonly properties: Readonly<Record<never, never>> }
    | { readonly type: 'custom'; readonly properties: { readonly note?: string | null } }
    | {
        readonly type: 'meter_credit';
        readonly properties: { readonly units: number; readonly rollover: boolean; readonly meter_id: string };
      }
  );

export interface CatalogMeter extends CatalogEntry {
  readonly name: string;
  readonly filter: { readonly conjunction: 'and' | 'or'; readonly clauses: readonly object[] };
  readonly aggregation: { readonly func: string; readonly property?: string };
}

export interface CatalogDiscount extends CatalogEntry {
  readonly name: string;
  readonly code?: string | null;
  readonly type: 'percentage' | 'fixed';
  readonly duration: 'once' | 'repeating' | 'forever';
  readonly duration_in_months?: number;
  readonly basis_points?: number;
  readonly amounts?: Readonly<Record<string, number>>;
  readonly products?: readonly string[] | null;
}

export interface CatalogCustomer extends CatalogEntry {
  readonly email?: string | null;
  readonly name?: string | null;
  readonly external_id?: string | null;
  readonly type?: 'individual' | 'team';
  readonly owner?: { readonly email: string; readonly name?: string; readonly external_id?: string };
}

/** Settings of Polar's organization. Default: as Polar's for a new one. */
export interface EmulatorSettings {
  readonly proration_behavior?: 'invoice' | 'prorate' | 'next_period';
  /** Days for which benefits stay after a failed renewal. Polar offers 0, 2, 7, 14 and 21. Default: 0. */
  readonly benefit_revocation_grace_period?: number;
  readonly allow_multiple_subscriptions?: boolean;
  readonly [name: string]: unknown;
}

/** What there is at the start; a seed file of `plinto-polar emulate --seed` holds the same. */
export interface EmulatorCatalog {
  readonly seed?: number;
  readonly settings?: EmulatorSettings;
  /** More access tokens; `scopes` left out or null: every scope. `token` left out: made up. */
  readonly tokens?: readonly { readonly token?: string; readonly scopes?: readonly string[] | null }[];
  readonly meters?: readonly CatalogMeter[];
  readonly benefits?: readonly CatalogBenefit[];
  readonly products?: readonly CatalogProduct[];
  readonly discounts?: readonly CatalogDiscount[];
  readonly customers?: readonly CatalogCustomer[];
}

const monthly = { recurring_interval: 'month' } as const;
const yearly = { recurring_interval: 'year' } as const;
const fixed = (price_amount: number) => ({ amount_type: 'fixed', price_amount }) as const;
const flag = (key: string, description: string) =>
  ({ key, type: 'feature_flag', description, properties: {} }) as const;

/** Catalogs as common applications have them. Extend one: `{ ...catalogs.saas, settings: { ... } }`. */
export const catalogs = {
  /** `Free`, `Pro` (2000 a month), `Pro yearly` (20000 a year) and `Trial` (Pro after 14 days); the feature `pro`. */
  saas: {
    benefits: [flag('pro', 'Pro features')],
    products: [
      { name: 'Free', ...monthly, prices: [fixed(0)] },
      { name: 'Pro', ...monthly, prices: [fixed(2_000)], benefits: ['pro'] },
      { name: 'Pro yearly', ...yearly, prices: [fixed(20_000)], benefits: ['pro'] },
      {
        name: 'Trial',
        ...monthly,
        trial_interval: 'day',
        trial_interval_count: 14,
        prices: [fixed(2_000)],
        benefits: ['pro'],
      },
    ],
    discounts: [{ name: 'Half', code: 'HALF', type: 'percentage', basis_points: 5_000, duration: 'once' }],
  },
  /** `Team`: 1500 a seat and month, 1200 from ten seats; the feature `team`. */
  teams: {
    benefits: [flag('team', 'Team features')],
    products: [
      {
        name: 'Team',
        ...monthly,
        prices: [
          {
            amount_type: 'seat_based',
            seat_tiers: {
              tiers: [
                { min_seats: 1, max_seats: 9, price_per_seat: 1_500 },
                { min_seats: 10, price_per_seat: 1_200 },
              ],
            },
          },
        ],
        benefits: ['team'],
      },
    ],
  },
  /** `Usage`: half a cent for each unit of `quantity` in events named `api_call`, 1000 units a month included. */
  usage: {
    meters: [
      {
        key: 'calls',
        name: 'API calls',
        filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'api_call' }] },
        aggregation: { func: 'sum', property: 'quantity' },
      },
    ],
    benefits: [
      {
        key: 'included',
        type: 'meter_credit',
        description: '1,000 API calls',
        properties: { units: 1_000, rollover: false, meter_id: 'calls' },
      },
    ],
    products: [
      {
        name: 'Usage',
        ...monthly,
        prices: [{ amount_type: 'metered_unit', meter_id: 'calls', unit_amount: '0.5' }],
        benefits: ['included'],
      },
    ],
  },
  /** `Book` (2500, once) and `Donation` (what the buyer names, 100 to 100000). */
  shop: {
    products: [
      { name: 'Book', prices: [fixed(2_500)] },
      {
        name: 'Donation',
        prices: [{ amount_type: 'custom', minimum_amount: 100, maximum_amount: 100_000, preset_amount: 1_000 }],
      },
    ],
  },
} as const satisfies Record<string, EmulatorCatalog>;
