// Users, organizations and memberships, in memory; written to one JSON file when a path is given.
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export const roles: readonly string[] = ['owner', 'admin', 'member', 'viewer'];

export interface User {
  id: string;
  email: string;
  email_verified: boolean;
  username: string | null;
  first_name: string | null;
  last_name: string | null;
  display_name: string | null;
  locale: string;
  status: string;
  created_at: string;
  updated_at: string;
  last_sign_in_at: string | null;
  user_metadata: object;
  password_hash: string;
}

export interface Organization {
  id: string;
  name: string;
  slug: string;
  description: string | null;
  logo_url: string | null;
  owner_id: string;
  settings: object;
  org_metadata: object;
  billing_email: string;
  billing_plan: string;
  created_at: string;
  updated_at: string;
}

interface Member {
  organization_id: string;
  user_id: string;
  role: string;
}

export class Directory {
  readonly #file: string | undefined;
  readonly #now: () => number;
  #users = new Map<string, User>();
  #organizations = new Map<string, Organization>();
  #members = new Map<string, Member>();
  readonly #revoked = new Set<string>();

  /** `file`: where to keep the directory between runs; nothing is written without it. */
  constructor(file: string | undefined, now: () => number) {
    this.#file = file;
    this.#now = now;
    if (file === undefined || !existsSync(file)) return;
    const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved;
    this.#users = new Map(saved.users.map((user) => [user.id, user]));
    this.#organizations = new Map(saved.organizations.map((organization) => [organization.id, organization]));
    this.#members = new Map(saved.members.map((member) => [memberKey(member.organization_id, member.user_id), member]));
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  userById(id: string): User | null {
    return this.#users.get(id) ?? null;
  }

  userByEmail(email: string): User | null {
    const wanted = email.toLowerCase();
    return [...this.#users.values()].find((user) => user.email === wanted) ?? null;
  }

  addUser({ email, passwordHash, name }: { email: string; passwordHash: string; name: string }): User {
    const [first, ...last] = name.split(' ');
    const now = this.#time();
    const user: User = {
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

  signedIn(user: User): void {
    user.last_sign_in_at = this.#time();
    this.#save();
  }

  /** Plinto enters whoever creates an organization as its admin; `owner_id` is what makes an owner. */
  addOrganization({ name, owner }: { name: string; owner: User }): Organization {
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

  organizationById(id: string): Organization | null {
    return this.#organizations.get(id) ?? null;
  }

  organizationsOf(userId: string): Organization[] {
    return [...this.#organizations.values()].filter((organization) => this.roleOf(organization.id, userId) !== null);
  }

  addMember(organizationId: string, userId: string, role: string): void {
    this.#members.set(memberKey(organizationId, userId), { organization_id: organizationId, user_id: userId, role });
    this.#save();
  }

  roleOf(organizationId: string, userId: string): string | null {
    return this.#members.get(memberKey(organizationId, userId))?.role ?? null;
  }

  memberCount(organizationId: string): number {
    return [...this.#members.values()].filter((member) => member.organization_id === organizationId).length;
  }

  revoke(tokenId: string): void {
    this.#revoked.add(tokenId);
  }

  isRevoked(tokenId: string): boolean {
    return this.#revoked.has(tokenId);
  }

  #save(): void {
    if (this.#file === undefined) return;
    const document: Saved = {
      users: [...this.#users.values()],
      organizations: [...this.#organizations.values()],
      members: [...this.#members.values()],
    };
    writeFileSync(`${this.#file}.new`, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

interface Saved {
  users: User[];
  organizations: Organization[];
  members: Member[];
}

const memberKey = (organizationId: string, userId: string): string => `${organizationId} ${userId}`;
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'organization';
