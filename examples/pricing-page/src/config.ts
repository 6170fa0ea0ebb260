// What the page is told at run time, so that one build serves any environment.

/** The product on sale, as the price list knows it. */
export interface Product {
  id: string;
  name: string;
  /** In minor units of the currency. */
  amount: number;
  currency: string;
  interval: string;
}

export interface PageConfig {
  product: Product;
  /** The usage event that end users may record. */
  usageEvent: string;
}

export async function loadConfig(): Promise<PageConfig> {
  const answer = await fetch('/config.json');
  if (!answer.ok) throw new Error(`/config.json was answered ${answer.status}`);
  const config = (await answer.json()) as Partial<PageConfig>;
  if (!config.product || !config.usageEvent)
    throw new Error('/config.json names no product: set PRODUCT and USAGE_EVENT');
  return { product: config.product, usageEvent: config.usageEvent };
}
