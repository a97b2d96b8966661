// SPDX-License-Identifier: Apache-2.0
// A file that is to be deployed, and what came of it.
import type { Deployed, ModelProblem, Problem } from '../../api/types';
import type { DiagramMark } from '../../ui/diagram-paint';

export interface ModelFile {
  name: string;
  xml: string;
  decision: boolean;
  deployed?: Deployed;
  refused?: Problem;
}

// As the server tells them apart, by the model's own namespace.
export function isDecision(xml: string): boolean {
  return xml.includes('omg.org/spec/DMN/') && !xml.includes('/spec/BPMN/');
}

// Decisions first: a process may ask for one that comes with it.
export function inOrder(files: ModelFile[]): ModelFile[] {
  return [...files].sort(
    (a, b) => Number(b.decision) - Number(a.decision) || a.name.localeCompare(b.name),
  );
}

export function problemsOf({ deployed, refused }: ModelFile): ModelProblem[] {
  return deployed?.problems ?? refused?.problems ?? [];
}

// The names of its elements by their ids, as far as it can be read.
export function elementNames(xml: string): Map<string, string> {
  const read = new DOMParser().parseFromString(xml, 'application/xml');
  const names = new Map<string, string>();
  for (const element of read.querySelectorAll('[id][name]')) {
    const name = element.getAttribute('name');
    if (name) names.set(element.id, name);
  }
  return names;
}

export function isDrawn(xml: string): boolean {
  return xml.includes('BPMNDiagram') || xml.includes('BPMNShape');
}

// One mark an element: how many problems it has; red when one of them blocks.
export function marksOf(problems: ModelProblem[]): DiagramMark[] {
  const marks = new Map<string, { count: number; blocks: boolean }>();
  for (const { element, warning } of problems) {
    const mark = marks.get(element) ?? { count: 0, blocks: false };
    marks.set(element, { count: mark.count + 1, blocks: mark.blocks || !warning });
  }
  return [...marks].map(([key, { count, blocks }]) => ({
    key,
    kind: blocks ? 'error' : 'warning',
    text: `! ${count}`,
  }));
}
