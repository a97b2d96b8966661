// SPDX-License-Identifier: Apache-2.0
import { createContext, useContext } from 'react';
import type { Session, User } from '../api/types';

export const SessionContext = createContext<Session | null>(null);

export function isPermitted(user: User, permission: string): boolean {
  const [area] = permission.split('.');
  return user.permissions.some(
    (held) => held === permission || held === '*' || held === `${area}.*`,
  );
}

export function useUser(): User {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useUser outside of a session');
  return session.user;
}
