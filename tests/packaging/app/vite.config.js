// An empty app's own configuration: the APIs behind the page's origin, and the policy under test on every answer.
const { POLAR_SERVER_URL, PLINTO_URL, CONTENT_SECURITY_POLICY } = process.env;

export default {
  preview: {
    proxy: { '/api/v1/polar': POLAR_SERVER_URL, '/api/v1': PLINTO_URL },
    headers: { 'content-security-policy': CONTENT_SECURITY_POLICY ?? "default-src 'self'" },
  },
};
