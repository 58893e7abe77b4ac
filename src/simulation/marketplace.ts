import { cumulate } from './random.js';

/** A region: its share of the orders, days that a parcel takes, and its odds of trouble beside the average. */
export interface Region {
  name: string;
  share: number;
  transitDays: number;
  trouble: number;
}

/** From the greatest to the smallest by a factor of more than 1,000, as real marketplaces have it. */
export const REGIONS: readonly Region[] = [
  { name: 'GB', share: 0.34, transitDays: 1.5, trouble: 0.9 },
  { name: 'DE', share: 0.3, transitDays: 2, trouble: 0.95 },
  { name: 'FR', share: 0.15, transitDays: 2.2, trouble: 1.1 },
  { name: 'US', share: 0.1, transitDays: 4, trouble: 1.2 },
  { name: 'ES', share: 0.06, transitDays: 2.8, trouble: 1.15 },
  { name: 'NL', share: 0.035, transitDays: 1.8, trouble: 0.9 },
  { name: 'PL', share: 0.0147, transitDays: 3, trouble: 1 },
  { name: 'MT', share: 0.0003, transitDays: 5, trouble: 1.1 },
];

/** A category: its share, its odds of trouble, and its median order value in EUR. */
export interface Category {
  name: string;
  share: number;
  trouble: number;
  medianAmount: number;
}

export const CATEGORIES: readonly Category[] = [
  { name: 'fashion', share: 0.18, trouble: 0.95, medianAmount: 42 },
  { name: 'toys', share: 0.25, trouble: 1.1, medianAmount: 27 },
  { name: 'electronics', share: 0.19, trouble: 1.15, medianAmount: 120 },
  { name: 'home', share: 0.15, trouble: 0.95, medianAmount: 55 },
  { name: 'beauty', share: 0.1, trouble: 0.85, medianAmount: 24 },
  { name: 'books', share: 0.07, trouble: 0.7, medianAmount: 15 },
  { name: 'garden', share: 0.04, trouble: 1.1, medianAmount: 60 },
  { name: 'collectibles', share: 0.02, trouble: 1.5, medianAmount: 85 },
];

export const SCENARIOS = [
  'not_received',
  'not_as_described',
  'damaged',
  'wrong_item',
  'counterfeit',
] as const;
export type Scenario = (typeof SCENARIOS)[number];
const SCENARIO_SHARES = [0.35, 0.27, 0.19, 0.12, 0.07];

/** What a buyer might write, by scenario. */
export const COMPLAINTS: Readonly<Record<Scenario, readonly string[]>> = {
  not_received: ['Tracking has not moved for a week.', 'Marked as delivered, but nothing is here.'],
  not_as_described: ['The picture shows another model.', 'The material is not what the page says.'],
  damaged: ['Arrived broken, the box was open.', 'Scratched all over.'],
  wrong_item: ['I ordered the blue one and got the red one.', 'This is not my order.'],
  counterfeit: ['The logo is wrong, this is a copy.', 'The maker says the serial number does not exist.'],
};

export const CHANNELS = ['web', 'app', 'partner'] as const;
const CHANNEL_SHARES = [0.44, 0.48, 0.08];
export const TICKET_CHANNELS = ['chat', 'email', 'phone'] as const;
const TICKET_CHANNEL_SHARES = [0.5, 0.38, 0.12];
export const OUTCOMES = ['buyer_won', 'seller_won', 'withdrawn'] as const;
const OUTCOME_SHARES = [0.55, 0.33, 0.12];

const MERCHANTS = 500;

/** The shares as running sums; merchants by Zipf's law, the first one 500 times the last. */
export const SHARES = {
  regions: cumulate(REGIONS.map((region) => region.share)),
  categories: cumulate(CATEGORIES.map((category) => category.share)),
  scenarios: cumulate(SCENARIO_SHARES),
  channels: cumulate(CHANNEL_SHARES),
  ticketChannels: cumulate(TICKET_CHANNEL_SHARES),
  outcomes: cumulate(OUTCOME_SHARES),
  merchants: cumulate(Array.from({ length: MERCHANTS }, (_, rank) => 1 / (rank + 1))),
};

/** What can go wrong with an order, by the odds that an incident raises. */
export type Trouble = 'disputes' | 'refunds' | 'late_answers';

/** The share of deliveries (of tickets, for late answers) that go wrong when nothing is going on. */
export const BASE_RATES: Readonly<Record<Trouble, number>> = {
  disputes: 0.02,
  refunds: 0.05,
  late_answers: 0.04,
};

export const CANCELLATION_RATE = 0.025;
export const TICKET_RATE = 0.08;
export const CURRENCY = 'EUR';
