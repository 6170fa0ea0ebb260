// What is chosen, as the address holds it: `?component=orders&scenario=active&theme=dark&direction=rtl&width=320`.

export const themes = ['light', 'dark', 'shadcn', 'shadcn-dark'] as const;
export const directions = ['ltr', 'rtl'] as const;
export const widths = ['320', '480', '768', 'full'] as const;

export interface Choice {
  component: string;
  scenario: string;
  theme: (typeof themes)[number];
  direction: (typeof directions)[number];
  width: (typeof widths)[number];
}

export const first: Choice = {
  component: 'all',
  scenario: 'active',
  theme: 'light',
  direction: 'ltr',
  width: 'full',
};

export function readChoice(search: string): Choice {
  const asked = Object.fromEntries(new URLSearchParams(search));
  const known = Object.keys(first).filter((name) => asked[name]);
  return { ...first, ...Object.fromEntries(known.map((name) => [name, asked[name]])) };
}

/** Only what differs from the first choice. */
export function writeChoice(choice: Choice): string {
  const others = Object.entries(choice).filter(([name, value]) => value !== first[name as keyof Choice]);
  const query = new URLSearchParams(others).toString();
  return query === '' ? '' : `?${query}`;
}
