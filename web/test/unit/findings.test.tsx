// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Process } from '../../src/api/types';
import { Findings } from '../../src/features/processes/findings';
import { render } from './render';

const process: Process = {
  key: 'sketch',
  name: 'Sketch',
  version: 1,
  entity: null,
  department_count: 0,
  deployed_at: '2026-11-27T10:00:00Z',
  drawing: true,
  suspended: null,
  steps: [{ key: 'check', name: 'Check credit', kind: 'service task', department: null }],
  problems: [
    {
      rule: 'EXT107',
      element: 'end',
      line: 7,
      message: "no sequence flow leads to the end event 'end'",
      hint: 'A sequence flow leads to an end event.',
      warning: false,
    },
    { rule: 'dead-step', element: 'check', line: 9, message: 'no way leads here', warning: true },
  ],
};

describe('what was found in a model', () => {
  it('tells what blocks and what only warns, by the names of the steps', async () => {
    const page = await render(<Findings process={process} />);
    const rows = [...page.querySelectorAll('tbody tr')].map((row) => row.textContent);
    expect(page.querySelector('h2')?.textContent).toBe('What was found in the model');
    expect(rows[0]).toContain("Blocks no sequence flow leads to the end event 'end'");
    expect(rows[0]).toContain('EXT107');
    expect(rows[1]).toContain('Check credit');
    expect(rows[1]).toContain('Warning');
  });

  it('says nothing of a model without findings', async () => {
    const page = await render(<Findings process={{ ...process, problems: [] }} />);
    expect(page.querySelector('section')).toBeNull();
  });
});
