// Money that takes its time: a purchase in cash or by transfer has an order before it is paid.
import type { Texts } from './texts.js';
import type { CustomerOrder } from './types.js';

/** Whether an order waits for its buyer to pay it. A renewal that is due is tried by itself. */
export const isWaiting = ({ status, billingReason }: CustomerOrder): boolean =>
  status === 'pending' && billingReason === 'purchase';

/** What is due for it, and what follows. */
export const waitingText = (
  { dueAmount, totalAmount, currency }: CustomerOrder,
  { words, fill, money }: Texts,
): string => fill(words.checkout.waitingMore, { amount: money(dueAmount ?? totalAmount, currency) });
