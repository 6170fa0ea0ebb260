// Plinto's API as a test user calls it: sign up, sign in, found organizations, invite.

/** @param {string} url where Plinto answers */
export function plintoApi(url) {
  const call = async (method, path, { token, body } = {}) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const value = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(value)}`);
    return value;
  };
  return {
    signUp: (account) => call('POST', '/auth/signup', { body: account }),
    signIn: (account) => call('POST', '/auth/signin', { body: account }),
    organizations: (token) => call('GET', '/organizations', { token }),
    addMember: (token, id, member) => call('POST', `/organizations/${id}/members`, { token, body: member }),
  };
}
