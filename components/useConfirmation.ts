'use client';
// Whether the server is being asked for what was just done at Polar.
import { useSyncExternalStore } from 'react';
import { type Confirmation, confirmerOf, IDLE } from '../js/confirmation.js';
import type { PolarClient } from '../js/index.js';

/** The confirmation of the client's subject, or of this organization. */
export function useConfirmation(polar: PolarClient, organizationId: string | undefined): Confirmation {
  const { subscribe, getSnapshot } = confirmerOf(polar, organizationId);
  return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
}

const getServerSnapshot = () => IDLE;
