// The demo's two people: one owns an organization and buys for it, the other belongs to it and has bought nothing.
import { plintoApi } from './plinto-api.mjs';

export const owner = { name: 'Olivia Owner', email: 'olivia@acme.test', password: 'correct horse battery' };
export const viewer = { name: 'Vic Viewer', email: 'vic@acme.test', password: 'staple of the demo' };
export const organizationName = 'Acme';

/** Signs both up. Returns their Plinto ids and the organization's. */
export async function createPeople(plintoUrl) {
  const plinto = plintoApi(plintoUrl);
  const { access_token: token, user } = await plinto.signUp({ ...owner, organization_name: organizationName });
  const { user: other } = await plinto.signUp(viewer);
  const [organization] = await plinto.organizations(token);
  await plinto.addMember(token, organization.id, { email: viewer.email, role: 'viewer' });
  return { ownerId: user.id, viewerId: other.id, organizationId: organization.id };
}
