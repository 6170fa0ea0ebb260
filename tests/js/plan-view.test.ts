// What a page says of a subscription, status by status, in the words of the server's own rules.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENGLISH } from '../../dist/js/localization.js';
import { planView } from '../../dist/js/plan-view.js';
import { textsOf } from '../../dist/js/texts.js';
import type { CustomerEntitlements, CustomerSubscription, ProductList } from '../../dist/js/types.js';

/** As a server says it that does not say yet what may be done with it. */
const ACTIVE: Omit<CustomerSubscription, 'actions'> = {
  id: 's',
  status: 'active',
  productId: 'pro',
  productName: 'Pro',
  amount: 2000,
  currency: 'usd',
  recurringInterval: 'month',
  recurringIntervalCount: 1,
  currentPeriodStart: '2026-11-22T06:00:00Z',
  currentPeriodEnd: '2026-12-22T06:00:00Z',
  cancelAtPeriodEnd: false,
  pauseAtPeriodEnd: false,
};
const TRIAL = { ...ACTIVE, status: 'trialing', trialEnd: '2026-12-22T06:00:00Z' };
const CANCELED = { cancelAtPeriodEnd: true, canceledAt: '2026-11-23T06:00:00Z', endsAt: '2026-12-22T06:00:00Z' };
const ENDED = { ...ACTIVE, ...CANCELED, status: 'canceled', endedAt: '2026-12-22T06:00:00Z' };
const PAST_DUE = { ...ACTIVE, status: 'past_due', pastDueAt: '2026-11-22T06:00:00Z' };

const state = (allowed: boolean, reason: string, until?: string, subscriptionId = 's'): CustomerEntitlements => ({
  access: { allowed, reason, ...(until !== undefined && { until }) },
  subscriptionId,
  features: [],
  meters: [],
});
const GRACE = state(true, 'past_due_in_grace', '2026-11-29T06:00:00Z');
const GRACE_OVER = state(false, 'past_due_grace_over');

const product = (productId: string, name: string, isMetered = false): ProductList['items'][0] => ({
  productId,
  name,
  features: [],
  isRecurring: true,
  prices: [],
  quotes: [{ currency: 'usd', amount: 2000, isMetered }],
});
const PRODUCTS = { items: [product('pro', 'Pro'), product('team', 'Team')] };

const view = (one: Partial<CustomerSubscription>, entitlements?: CustomerEntitlements, products?: ProductList) =>
  planView(textsOf(ENGLISH, 'UTC'), { ...ACTIVE, ...one } as CustomerSubscription, entitlements, products);
const factsOf = (...args: Parameters<typeof view>) =>
  Object.fromEntries(view(...args).facts.map(({ name, value }) => [name, value]));

describe('a status in words', () => {
  it.each<[word: string, tone: string, one: Partial<CustomerSubscription>, CustomerEntitlements?]>([
    ['Active', 'good', ACTIVE],
    ['Trial', 'good', TRIAL],
    ['Ends on December 22, 2026', 'warning', { ...ACTIVE, ...CANCELED }],
    ['Ends on December 22, 2026', 'warning', { ...TRIAL, ...CANCELED }],
    ['Payment due', 'warning', PAST_DUE, GRACE],
    ['Payment due', 'bad', PAST_DUE, GRACE_OVER],
    ['Unpaid', 'bad', { status: 'unpaid' }, state(false, 'unpaid')],
    ['Paused', 'warning', { status: 'paused' }, state(false, 'paused')],
    ['Incomplete', 'warning', { status: 'incomplete' }],
    ['Expired', 'bad', { status: 'incomplete_expired' }],
    ['Ended', 'bad', ENDED],
    ['newer_than_this', 'warning', { status: 'newer_than_this' }],
  ])('is %s, %s', (word, tone, one, entitlements) => {
    expect(view(one, entitlements)).toMatchObject({ word, tone });
  });

  it('is over when the server says so, whatever the mirror has not heard yet', () => {
    const ended = view({ ...ACTIVE, ...CANCELED }, state(false, 'ended'));

    expect(ended).toMatchObject({ word: 'Ended', tone: 'bad', canCancel: false, canResume: false, notice: undefined });
    expect(ended.facts.map(({ name }) => name)).toEqual(['price', 'endedOn']);
  });
});

describe('what may be done', () => {
  it('is what the server says, where it says it', () => {
    const may = (one: Partial<CustomerSubscription>) => {
      const { canCancel, canResume, canChange } = view(one);
      return [canCancel, canResume, canChange];
    };

    expect(may({})).toEqual([true, false, true]);
    expect(may({ actions: ['cancel'] })).toEqual([true, false, false]);
    expect(may({ ...CANCELED, actions: ['resume'] })).toEqual([false, true, false]);
    // A cancellation that is being carried out.
    expect(may({ ...CANCELED, actions: [] })).toEqual([false, false, false]);
    // What has no sense in its state is not offered, whatever is said.
    expect(may({ ...ENDED, actions: ['cancel', 'resume', 'change'] })).toEqual([false, false, false]);
  });
});

describe('what there is to know', () => {
  it('is the price and the next charge of a plan that runs on', () => {
    expect(view(ACTIVE, state(true, 'active')).facts).toEqual([
      { name: 'price', label: 'Price', value: '$20 per month' },
      { name: 'nextCharge', label: 'Next charge', value: '$20 on December 22, 2026' },
    ]);
  });

  it('is the end of a trial, which is the day of the first charge', () => {
    expect(factsOf(TRIAL)).toMatchObject({
      trialEnds: 'December 22, 2026',
      nextCharge: '$20 on December 22, 2026',
    });
  });

  it('has no next charge once it is canceled, but until when there is access', () => {
    expect(factsOf({ ...ACTIVE, ...CANCELED })).toEqual({
      price: '$20 per month',
      accessUntil: 'December 22, 2026',
    });
  });

  it('has until when a payment may be missing, as the server says', () => {
    expect(factsOf(PAST_DUE, GRACE)).toMatchObject({ accessUntil: 'November 29, 2026' });
    expect(factsOf(PAST_DUE, GRACE_OVER)).not.toHaveProperty('accessUntil');
    expect(factsOf(PAST_DUE)).not.toHaveProperty('accessUntil');
    expect(factsOf(PAST_DUE, GRACE)).not.toHaveProperty('nextCharge');
  });

  it('says when it pauses and resumes, and charges next when it resumes', () => {
    const pausing = { pauseAtPeriodEnd: true };
    expect(factsOf(pausing)).toEqual({ price: '$20 per month', pausesOn: 'December 22, 2026' });
    expect(factsOf({ ...pausing, resumesAt: '2027-02-01T00:00:00Z' })).toMatchObject({
      nextCharge: '$20 on February 1, 2027',
      pausesOn: 'December 22, 2026',
      resumesOn: 'February 1, 2027',
    });
    expect(factsOf({ status: 'paused', resumesAt: '2027-02-01T00:00:00Z' })).toEqual({
      price: '$20 per month',
      resumesOn: 'February 1, 2027',
    });
  });

  it('has the day it ended on', () => {
    expect(factsOf(ENDED)).toEqual({ price: '$20 per month', endedOn: 'December 22, 2026' });
  });

  it('counts seats and units', () => {
    expect(factsOf({ seats: 5, units: 1000 })).toMatchObject({ seats: '5', units: '1,000' });
  });

  it('names no amount of a charge that is not known: with usage, or after a change', () => {
    const metered = { items: [product('pro', 'Pro', true)] };

    expect(factsOf(ACTIVE, undefined, metered).nextCharge).toBe('December 22, 2026');
    expect(factsOf({ pendingUpdate: { appliesAt: ACTIVE.currentPeriodEnd, seats: 2 } }).nextCharge).toBe(
      'December 22, 2026',
    );
  });

  it('has no next charge of what costs nothing', () => {
    expect(factsOf({ amount: 0 })).toEqual({ price: '$0 per month' });
  });
});

describe('a scheduled change', () => {
  const appliesAt = ACTIVE.currentPeriodEnd;

  it.each<[text: string, pending: Partial<CustomerSubscription>]>([
    ['Changes on December 22, 2026 to Team', { pendingUpdate: { appliesAt, productId: 'team' } }],
    ['Changes on December 22, 2026', { pendingUpdate: { appliesAt, productId: 'unlisted' } }],
    ['1 seat from December 22, 2026', { pendingUpdate: { appliesAt, seats: 1 } }],
    [
      'Changes on December 22, 2026 to Team · 3 seats from December 22, 2026 · 8 units from December 22, 2026',
      { pendingUpdate: { appliesAt, productId: 'team', seats: 3, units: 8 } },
    ],
  ])('is told: %s', (text, pending) => {
    expect(view(pending, undefined, PRODUCTS).change).toBe(text);
  });

  it('is not told when there is none, nor of a plan that ends before', () => {
    expect(view(ACTIVE).change).toBeUndefined();
    expect(view({ ...CANCELED, pendingUpdate: { appliesAt, seats: 1 } }).change).toBeUndefined();
  });
});

describe('what may be done', () => {
  it.each<[what: string, one: Partial<CustomerSubscription>, cancel: boolean, resume: boolean, change: boolean]>([
    ['a running plan', ACTIVE, true, false, true],
    ['a trial', TRIAL, true, false, true],
    ['one whose payment is missing', PAST_DUE, true, false, true],
    ['a canceled one', { ...ACTIVE, ...CANCELED }, false, true, false],
    ['one that will pause until somebody resumes it', { pauseAtPeriodEnd: true }, true, true, false],
    [
      'one that will pause until a day',
      { pauseAtPeriodEnd: true, resumesAt: '2027-02-01T00:00:00Z' },
      true,
      true,
      true,
    ],
    ['a paused one', { status: 'paused' }, true, true, false],
    ['an unpaid one', { status: 'unpaid' }, false, false, false],
    ['one that was never paid', { status: 'incomplete' }, false, false, false],
    ['an ended one', ENDED, false, false, false],
  ])('with %s', (_, one, canCancel, canResume, canChange) => {
    expect(view(one)).toMatchObject({ canCancel, canResume, canChange });
  });

  it('and until when there is access after canceling', () => {
    expect(view(ACTIVE)).toMatchObject({ endsAt: '2026-12-22T06:00:00Z', until: '2026-12-22T06:00:00Z' });
    expect(view(PAST_DUE, GRACE)).toMatchObject({ endsAt: '2026-12-22T06:00:00Z', until: '2026-11-29T06:00:00Z' });
    expect(view(PAST_DUE, GRACE_OVER)).toMatchObject({ endsAt: '2026-12-22T06:00:00Z', until: undefined });
    expect(view({ status: 'paused' })).toMatchObject({ endsAt: undefined, until: undefined });
  });
});

describe('a notice', () => {
  it('is none of a plan that runs on, nor of one that has ended', () => {
    expect(view(ACTIVE).notice).toBeUndefined();
    expect(view(ENDED).notice).toBeUndefined();
  });

  it('tells that a trial ends, and what is charged then', () => {
    expect(view(TRIAL).notice).toEqual({
      kind: 'trialEnds',
      text: 'Your trial ends on December 22, 2026.',
      more: 'You will be charged $20 then.',
    });
    expect(view({ ...TRIAL, amount: 0 }).notice?.more).toBeUndefined();
  });

  it('tells of a payment that failed, with the grace that is left', () => {
    expect(view(PAST_DUE, GRACE).notice).toEqual({
      kind: 'pastDue',
      text: 'Your last payment failed.',
      more: 'You keep access until November 29, 2026. Update your payment method to keep it.',
    });
    expect(view(PAST_DUE).notice).toMatchObject({ kind: 'pastDue', more: undefined });
  });

  it.each([
    ['the grace is over', PAST_DUE, GRACE_OVER],
    ['Polar has given up', { status: 'unpaid' }, state(false, 'unpaid')],
  ])('tells that there is no access when %s', (_, one, entitlements) => {
    expect(view(one, entitlements).notice).toEqual({
      kind: 'pastDueEnded',
      text: 'Your last payment failed.',
      more: 'Your access is paused until it is paid.',
    });
  });

  it('does not tell of the access that something else gives', () => {
    const bought = state(true, 'purchased', undefined, 'other');

    expect(view(PAST_DUE, bought).notice).toMatchObject({ kind: 'pastDue', more: undefined });
  });

  it('tells when a canceled plan ends, also one in trial', () => {
    const notice = { kind: 'canceled', text: 'Your plan ends on December 22, 2026.', more: undefined };

    expect(view({ ...ACTIVE, ...CANCELED }).notice).toEqual(notice);
    expect(view({ ...TRIAL, ...CANCELED }).notice).toEqual(notice);
  });
});

it('has a text for each of the reasons that Polar takes, and for no other', () => {
  const openapi = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
  const { examples } = openapi.components.schemas.CancelOptions.properties.reason;

  expect(Object.keys(ENGLISH.cancel.reasons)).toEqual(examples);
});
