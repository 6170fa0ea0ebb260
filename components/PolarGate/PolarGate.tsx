'use client';
// Shows something to those only whose plan has it.
import type { ReactNode } from 'react';
import type { AccessDecision } from '../../js/index.js';
import { defineCompound } from '../compound.js';
import { conditionOf, defineState } from '../condition.js';
import { configurationError } from '../configuration-error.js';
import { useAccess } from '../useAccess.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';

/** Whose plan, and where the client comes from. Names a feature or a tier; with neither, any plan will do. */
export interface PolarGateProps extends SubjectSource {
  /** A feature of the server's `PRODUCTS`, or one that a benefit grants. */
  feature?: string | undefined;
  /** A tier of the server's `PRODUCTS`; not together with `feature`. */
  tier?: string | undefined;
  /** Shown once the server has said yes. A function is not called before, so that nothing of it is even made. */
  children?: ReactNode | ((decision: AccessDecision) => ReactNode);
  /** Shown once the server has said no, and while nobody is signed in; for instance a `PolarPaywall`. Default: nothing. */
  fallback?: ReactNode;
  /** Shown before. Default: nothing. */
  loading?: ReactNode;
}

const gate = defineCompound<{ condition: 'error'; query: QueryResult<AccessDecision> }>('PolarGate');

/** Why the server could not be asked, with a button that asks again. */
const State = defineState(gate);

/**
 * Renders its children once the server has said yes, for whoever is signed in now, and takes them away at once when somebody
 * else comes. Adds no element. It guards what is shown, not data: whatever the page has loaded, its user has. What must not be
 * had without a plan, the server must not send; ask `getAccess` there.
 */
export function PolarGate({ children, fallback, loading, ...asked }: PolarGateProps) {
  if (asked.feature !== undefined && asked.tier !== undefined) {
    throw configurationError('<PolarGate> takes a feature or a tier, not both. Put one gate into another for both.');
  }
  const access = useAccess(asked);
  const condition = conditionOf(access, ({ allowed }) => !allowed);
  if (condition === 'error') {
    return (
      <gate.Provider value={{ condition, query: access }}>
        <State />
      </gate.Provider>
    );
  }
  if (condition !== 'ready') return <>{condition === 'loading' ? loading : fallback}</>;
  return <>{typeof children === 'function' ? access.data && children(access.data) : children}</>;
}
