// The demo's two people: one owns an organization and buys for it, the other belongs to it and has bought nothing.
import { plintoApi } from './plinto-api.mjs';

export const owner = { name: 'Olivia Owner', email: 'olivia@acme.test', password: 'correct horse battery' };
export const member = { name: 'Max Member', email: 'max@acme.test', password: 'battery staple horse' };
export const organizationName = 'Acme';

/** Signs both up. Returns their Plinto ids and the organization's. */
export async function createPeople(plintoUrl) {
  const plinto = plintoApi(plintoUrl);
  const { access_token: token, user } = await plinto.signUp({ ...owner, organization_name: organizationName });
  const { user: other } = await plinto.signUp(member);
  const [organization] = await plinto.organizations(token);
  await plinto.addMember(token, organization.id, { email: member.email, role: 'member' });
  return { ownerId: user.id, memberId: other.id, organizationId: organization.id };
}
