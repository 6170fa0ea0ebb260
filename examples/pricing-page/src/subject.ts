// Whom the page is about: the signed-in user, or an organization in which they have a role.
import type { Organization } from './plinto-client';

export interface Subject {
  /** The organization that is billed; the signed-in user when undefined. */
  organizationId: string | undefined;
  /** The organization's name. */
  name: string | undefined;
  /** `manage`: buy, change and cancel. `read`: see the plan and its orders. The server goes by the same roles. */
  may: 'manage' | 'read' | 'nothing';
}

export function subjectOf(organization: Organization | undefined): Subject {
  if (organization === undefined) return { organizationId: undefined, name: undefined, may: 'manage' };
  const { id, name, is_owner: owns, user_role: role } = organization;
  const may = owns || role === 'admin' ? 'manage' : role === 'member' ? 'read' : 'nothing';
  return { organizationId: id, name, may };
}
