// Debian's Firefox, headless, driven over WebDriver BiDi.
const executablePath = process.env.FIREFOX || '/usr/bin/firefox-esr';

export async function openFirefox() {
  const { default: puppeteer } = await import('puppeteer-core');
  return puppeteer.launch({
    ...{ browser: 'firefox', executablePath, headless: true },
    // Nothing is asked of the network that the tests did not ask for.
    extraPrefsFirefox: {
      'app.update.disabledForTesting': true,
      'browser.safebrowsing.update.enabled': false,
      'datareporting.policy.dataSubmissionEnabled': false,
      'dom.disable_open_during_load': false,
      'extensions.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'data:,',
    },
  });
}
