// What a tab remembers until it is closed. Browsers may refuse it; then the page's own memory has to do.

export function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {}
}

export function forget(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {}
}
