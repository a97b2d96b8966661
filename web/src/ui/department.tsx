// SPDX-License-Identifier: Apache-2.0
// A department's name with its colour and icon. The colour is a hint; the name is the statement.
import type { CSSProperties } from 'react';
import type { Department } from '../api/types';
import { departmentIcon, Icon } from './icon';

const NEUTRAL = '#64748b';

export function departmentStyle(department: Department | null | undefined): CSSProperties {
  return { '--department': department?.colour ?? NEUTRAL } as CSSProperties;
}

export function DepartmentTag({ department }: { department: Department | null | undefined }) {
  if (!department) return null;
  return (
    <span className="department-tag" style={departmentStyle(department)}>
      <Icon name={departmentIcon(department.key)} size={14} />
      {department.name}
    </span>
  );
}
