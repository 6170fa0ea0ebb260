// What the gallery's two shops sell: one as most are, one with long names, large amounts and every kind of price.

const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const fixed = (price_currency, price_amount) => ({ amount_type: 'fixed', price_amount, price_currency });
const both = (cents) => [fixed('usd', cents), fixed('eur', Math.round(cents * 0.9))];
const [monthly, yearly] = ['month', 'year'].map((recurring_interval) => ({ recurring_interval }));
const flag = (key, description) => ({ key, type: 'feature_flag', description, properties: {} });

export const usual = {
  catalog: {
    seed: 7,
    settings: { benefit_revocation_grace_period: 7 },
    benefits: [flag('export', 'Export')],
    products: [
      { id: id(8), name: 'Handbook', description: 'On paper, once.', prices: both(2_900) },
      { id: id(1), name: 'Free', description: 'For trying it out.', ...monthly, prices: both(0) },
      { id: id(2), name: 'Starter', description: 'For one person.', ...monthly, prices: both(900) },
      { id: id(3), name: 'Starter yearly', description: 'For one person.', ...yearly, prices: both(9_000) },
      {
        id: id(4),
        name: 'Pro',
        description: 'For professionals.',
        ...monthly,
        prices: both(2_000),
        benefits: ['export'],
      },
      { id: id(5), name: 'Pro yearly', description: 'For professionals.', ...yearly, prices: both(20_000) },
      {
        ...{ id: id(6), name: 'Studio', description: 'Everything, for two weeks without a charge.', ...monthly },
        ...{ trial_interval: 'day', trial_interval_count: 14, prices: both(4_900) },
      },
      {
        ...{ id: id(7), name: 'Team', description: 'A seat for each of you.', ...monthly },
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
      },
    ],
    discounts: [
      { name: 'A quarter off', code: 'QUARTER', type: 'percentage', basis_points: 2_500, duration: 'forever' },
    ],
  },
  products: {
    handbook: { product_id: id(8), tier: 'reader' },
    free: { product_id: id(1), tier: 'free' },
    starter: { product_id: id(2), tier: 'starter', features: ['api'] },
    'starter-yearly': { product_id: id(3), tier: 'starter', features: ['api'] },
    pro: { product_id: id(4), tier: 'pro', features: ['api', 'export'], grace_days: 7 },
    'pro-yearly': {
      ...{ product_id: id(5), tier: 'pro', features: ['api', 'export'], grace_days: 7 },
      checkout_options: ['discounts'],
    },
    studio: { product_id: id(6), tier: 'studio', features: ['api', 'export', 'rooms'] },
    team: { product_id: id(7), tier: 'team', features: ['api', 'export'] },
  },
};

const longName = 'Donaudampfschifffahrtsgesellschaft Enterprise Unlimited Edition';

export const extreme = {
  catalog: {
    seed: 8,
    meters: [
      {
        ...{ key: 'calls', name: 'Zugriffsprotokollierungsereignisse' },
        filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: 'api_call' }] },
        aggregation: { func: 'count' },
      },
    ],
    products: [
      {
        ...{
          id: id(11),
          name: longName,
          description: 'Rechtsschutzversicherungsgesellschaften und alle anderen. '.repeat(4),
        },
        ...{ ...yearly, prices: [fixed('jpy', 98_765_432), fixed('eur', 99_999_999), fixed('usd', 99_999_999)] },
      },
      {
        ...{ id: id(12), name: 'One', ...monthly },
        prices: [fixed('jpy', 1_234_567), fixed('eur', 12_345_678), fixed('usd', 12_345_678)],
      },
      {
        ...{ id: id(13), name: 'Geräte', description: 'Nach Stückzahl, gestaffelt.', ...monthly },
        prices: [
          {
            amount_type: 'unit_based',
            minimum_units: 25,
            unit_label: { en: { '=1': 'device', other: 'devices' } },
            tiers: {
              type: 'volume',
              tiers: [{ bound: 100, unit_amount: 2_900 }, { bound: 1_000, unit_amount: 2_000 }, { unit_amount: 1_250 }],
            },
          },
        ],
      },
      {
        ...{ id: id(14), name: 'Nach Verbrauch', ...monthly },
        prices: [
          fixed('usd', 0),
          { amount_type: 'metered_unit', meter_id: 'calls', unit_amount: '0.005', cap_amount: 10_000_000 },
        ],
      },
      {
        ...{ id: id(15), name: 'Spende' },
        prices: [{ amount_type: 'custom', minimum_amount: 500, preset_amount: 2_500 }],
      },
    ],
  },
  products: {
    'long-name': {
      product_id: id(11),
      tier: 'most',
      features: ['a-feature-with-a-very-long-name-that-nobody-shortened'],
    },
    y: { product_id: id(12), tier: 'middle', features: ['x'] },
    devices: { product_id: id(13), tier: 'devices' },
    usage: { product_id: id(14), tier: 'usage' },
    donation: { product_id: id(15), checkout_options: ['amounts'] },
  },
};
