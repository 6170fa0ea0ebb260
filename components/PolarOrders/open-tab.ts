'use client';
// Another tab for an address that is not known yet: browsers open one only while a click is being handled.

/** Opens it at once. Where the browser does not, the address is shown in this tab. */
export function openTab() {
  const tab = window.open('', '_blank');
  return {
    show(url: string) {
      // It comes from a server, but it must not become a script of this page.
      if (!/^https?:/i.test(url)) throw new Error('The server answered an address that is not http(s).');
      if (!tab) return window.location.assign(url);
      tab.opener = null;
      tab.location.replace(url);
    },
    close: () => tab?.close(),
  };
}
