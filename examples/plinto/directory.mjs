// Users, organizations and memberships, in memory; written to one JSON file when a path is given.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export const roles = ['owner', 'admin', 'member', 'viewer'];

export class Directory {
  #file;
  #now;
  #users = new Map();
  #organizations = new Map();
  #members = new Map();
  #revoked = new Set();

  /** @param {string | undefined} file where to keep the directory between runs; nothing is written without it */
  constructor(file, now = Date.now) {
    this.#file = file;
    this.#now = now;
    if (file === undefined || !existsSync(file)) return;
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    this.#users = new Map(saved.users.map((user) => [user.id, user]));
    this.#organizations = new Map(saved.organizations.map((organization) => [organization.id, organization]));
    this.#members = new Map(saved.members.map((member) => [memberKey(member.organization_id, member.user_id), member]));
  }

  #time() {
    return new Date(this.#now()).toISOString();
  }

  userById(id) {
    return this.#users.get(id) ?? null;
  }

  userByEmail(email) {
    const wanted = email.toLowerCase();
    return [...this.#users.values()].find((user) => user.email === wanted) ?? null;
  }

  addUser({ email, passwordHash, name }) {
    const [first, ...last] = name.split(' ');
    const now = this.#time();
    const user = {
      id: randomUUID(),
      email: email.toLowerCase(),
      email_verified: true,
      username: null,
      first_name: first || null,
      last_name: last.join(' ') || null,
      display_name: name || null,
      locale: 'en',
      status: 'active',
      created_at: now,
      updated_at: now,
      last_sign_in_at: null,
      user_metadata: {},
      password_hash: passwordHash,
    };
    this.#users.set(user.id, user);
    this.#save();
    return user;
  }

  signedIn(user) {
    user.last_sign_in_at = this.#time();
    this.#save();
  }

  /** Plinto enters whoever creates an organization as its admin; `owner_id` is what makes an owner. */
  addOrganization({ name, owner }) {
    const now = this.#time();
    const organization = {
      id: randomUUID(),
      name,
      slug: slugOf(name),
      description: null,
      logo_url: null,
      owner_id: owner.id,
      settings: {},
      org_metadata: {},
      billing_email: owner.email,
      billing_plan: 'free',
      created_at: now,
      updated_at: now,
    };
    this.#organizations.set(organization.id, organization);
    this.addMember(organization.id, owner.id, 'admin');
    return organization;
  }

  organizationById(id) {
    return this.#organizations.get(id) ?? null;
  }

  organizationsOf(userId) {
    return [...this.#organizations.values()].filter((organization) => this.roleOf(organization.id, userId) !== null);
  }

  addMember(organizationId, userId, role) {
    this.#members.set(memberKey(organizationId, userId), { organization_id: organizationId, user_id: userId, role });
    this.#save();
  }

  roleOf(organizationId, userId) {
    return this.#members.get(memberKey(organizationId, userId))?.role ?? null;
  }

  memberCount(organizationId) {
    return [...this.#members.values()].filter((member) => member.organization_id === organizationId).length;
  }

  revoke(tokenId) {
    this.#revoked.add(tokenId);
  }

  isRevoked(tokenId) {
    return this.#revoked.has(tokenId);
  }

  #save() {
    if (this.#file === undefined) return;
    const document = {
      users: [...this.#users.values()],
      organizations: [...this.#organizations.values()],
      members: [...this.#members.values()],
    };
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const memberKey = (organizationId, userId) => `${organizationId} ${userId}`;
const slugOf = (name) =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'organization';
