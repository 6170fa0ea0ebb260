// Says something to people who do not see the page.

/** Screen readers read it out at once, as they do with any alert that comes into a page. It is not shown. */
export function announce(text: string): void {
  const alert = document.createElement('p');
  alert.setAttribute('role', 'alert');
  alert.style.cssText = 'position:fixed;clip-path:inset(50%)';
  alert.textContent = text;
  document.body.append(alert);
  // Nobody is to come across it later.
  setTimeout(() => alert.remove(), 5_000);
}
